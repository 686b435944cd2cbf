#include "orchestrator/cli/command.h"

int main(int argc, char** argv) { return orch::cli::run(argc, argv); }
