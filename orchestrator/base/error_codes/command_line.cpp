// Codes 00xx: the command line, files and servers.
#include <array>

#include "orchestrator/base/error_codes/groups.h"

namespace orch {
namespace {

constexpr std::array codes_of_command_line = {
    ErrorCode{"ORCH-0001", "wrong command line",
              "An option or argument is unknown, missing or has a value outside its range. The "
              "message names it; `orch COMMAND --help` lists what is accepted."},
    ErrorCode{"ORCH-0002", "a file cannot be read or written",
              "The operating system refused; the message carries its reason. Check the path, the "
              "permissions and the free space."},
    ErrorCode{"ORCH-0003", "not JSON",
              "A document is not one valid JSON text (RFC 8259), or would lose information when "
              "read: duplicate keys, numbers outside 64 bits or a double, nesting deeper than 128. "
              "The message gives line and column."},
    ErrorCode{"ORCH-0004", "fault injected",
              "ORCH_FAULT asked for a failure at this point. Only tests set it."},
    ErrorCode{"ORCH-0005", "invalid configuration",
              "The configuration file is not a JSON object of known settings. Every problem is "
              "listed with its place; `orch config` shows which settings there are."},
    ErrorCode{"ORCH-0006", "no such definition",
              "What was given is neither a file nor the name of a workflow that orch ships. The "
              "hint lists the shipped ones."},
    ErrorCode{"ORCH-0007", "the control socket failed",
              "The process that owns a run store listens on a socket beside it (STORE.sock), so "
              "that other orch commands can hand runs over or stop them. It cannot be made (the "
              "file system has no sockets, the folder cannot be written, the name is too long), or "
              "the other side answered with what this version does not know, or not at all (a "
              "process that "
              "was stopped, say). Asking again is safe: what the owner has heard happens once."},
    ErrorCode{"ORCH-0008", "no process owns the run store",
              "--no-follow hands a run over to the process that owns the store; there is none. "
              "Without the option the run is done by this process."},
    ErrorCode{"ORCH-0009", "a URL or table name of replicate is wrong",
              "--from and --to take URLs of databases, --tables names or patterns of tables that "
              "the source has. Nothing was started."},
    ErrorCode{"ORCH-0010", "the project folder is of another replication",
              "`orch replicate` found a connections file with other databases in its folder and "
              "does not overwrite it. --folder chooses another."},
    ErrorCode{"ORCH-0011", "no picture",
              "`orch graph` draws SVG and PNG with the program dot of the package graphviz, which "
              "is not installed or refused the graph. -o dot and -o mermaid need no program."},
    ErrorCode{"ORCH-0012", "the server cannot listen",
              "The address of `orch serve --listen` is not one of this machine's, or another "
              "program has the port. The message carries the system's reason."},
    ErrorCode{
        "ORCH-0013", "the server needs keys and TLS",
        "An address that other machines can reach is served only over TLS (--certificate, "
        "--private-key), to clients that sign their requests with a known key: of the --keys "
        "file, a JSON object of secret keys by key id, or of ORCH_ACCESS_KEY_ID and "
        "ORCH_SECRET_ACCESS_KEY. On loopback, where every user of the machine is a client, keys "
        "are needed as soon as --allow gives clients rights on the host, unless it says "
        "without-keys."},
    ErrorCode{
        "ORCH-0014", "wrong bindings file",
        "The file that --bindings or ORCH_BINDINGS names does not say how resources are bound. "
        "Every problem is listed with its line; nothing was started."},
    ErrorCode{
        "ORCH-0015", "the certificate or its key cannot be used",
        "The PEM files of `orch serve --certificate` and `--private-key` could not be loaded. "
        "The message carries OpenSSL's reason; nothing listens."},
    ErrorCode{
        "ORCH-0016", "no such word of --allow",
        "What clients of `orch serve` may reach is said with --allow, ORCH_ALLOW or \"allow\" in "
        "the configuration file: process, url:URL, urls, private-urls, folder:PATH, "
        "without-keys, separated by commas. docs/serve.md has a table."},
    ErrorCode{"ORCH-0017", "a key file is open to other users",
              "The file that --keys names, or the private key of --private-key, may be read or "
              "written by others than its owner; like ssh, orch does not use it. chmod 600 is what "
              "it takes. A file of root's may be readable by its group."},
    ErrorCode{"ORCH-0040", "no such resource of the API",
              "`orch serve` has no resource at the address, or the resource is not for the "
              "method. /v1/openapi.json lists what there is, and `orch api` prints it."},
    ErrorCode{"ORCH-0041", "a parameter of a request to the API is wrong",
              "A value in the query of an address is unknown, comes twice, or is not what its "
              "route takes. The message names it and says what is expected."},
    ErrorCode{"ORCH-0042", "a request to the API cannot be read",
              "What came is not HTTP/1.1, or its header or body is larger than the server takes. "
              "The message says which."},
    ErrorCode{"ORCH-0043", "the request is meant for another server",
              "Its Host header names a host that this server does not answer for, or a page of "
              "another site has sent it. `orch serve --host-name` adds names."},
    ErrorCode{"ORCH-0044", "the server failed",
              "A fault of the server: its log has the reason. Asking again is safe for requests "
              "that only read."},
    ErrorCode{"ORCH-0045", "the server is busy",
              "As many clients listen to events, or ask, as the server takes at once. Ask again "
              "some seconds later."},
    ErrorCode{
        "ORCH-0046", "the server does not know who asks",
        "The server takes a token (`orch token add`), a token or certificate that --identities "
        "knows, a request signed with one of --keys, the session of a browser, or, over "
        "loopback, a connection of the user who owns the server. This request has none of "
        "them, or a wrong one."},
    ErrorCode{"ORCH-0047", "the role of who asks does not allow it",
              "Each route of the REST API has a least role: viewer, operator, approver, editor or "
              "admin; /v1/openapi.json has it as x-role, /v1/session tells the caller's. What "
              "changes something and comes from a browser's session must repeat its secret in "
              "X-Orch-CSRF."},
    ErrorCode{
        "ORCH-0048", "the file of tokens cannot be used",
        "Tokens of the REST API are in STORE.tokens, which `orch token` reads and writes: there "
        "is one of the name already, or none, or the file is not what it wrote."},
    ErrorCode{"ORCH-0049", "too many wrong tokens",
              "More than ten wrong tokens came from the address within a minute. Those that are "
              "right are taken all the same."},
    ErrorCode{
        "ORCH-0050", "the audit log is not what was written",
        "Each line of STORE.audit has the hash of the one before. Where they do not fit, a line "
        "was changed or taken out after it was written."},
    ErrorCode{"ORCH-0051", "the file of identities cannot be used",
              "--identities names a JSON file: for whom an identity provider vouches, and which "
              "certificates of clients are known, each with a role. The message says what is wrong "
              "with it, or with the key set that the provider answers with."},
    ErrorCode{
        "ORCH-0052", "an input has \"[redacted]\" in it",
        "A pipeline marks members whose values are not shown (\"redact\"). Where a payload is "
        "shown, \"[redacted]\" stands in their place; sent back as an input, it would be the "
        "value. An admin sees the values with `orch history --reveal` or ?reveal=true."},
};

}  // namespace

std::span<const ErrorCode> command_line_codes() { return codes_of_command_line; }

}  // namespace orch
