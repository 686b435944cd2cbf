#include "orchestrator/db/odbc_library.h"

#include <cstdlib>
#include <dlfcn.h>
#include <string>

#include <fmt/format.h>

#include "orchestrator/db/odbc.h"

namespace orch::odbc {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  auto* found = ::dlsym(library, name);
  if (!found) throw LibraryMissing(fmt::format("the driver manager of ODBC has no {}", name));
  function = reinterpret_cast<Function>(found);  // NOLINT: what POSIX says dlsym() is for
}

Functions load() {
  const char* named = std::getenv("ORCH_ODBC");
  const std::string file = named && *named ? named : "libodbc.so.2";
  // Drivers have functions of the same names: they must not find those of the manager. It is never
  // unloaded: drivers may have threads.
  auto* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (!library)
    throw LibraryMissing(fmt::format("the driver manager of ODBC, {}, cannot be loaded", file));
  Functions all{};
#define ORCH_FIND(name) find(library, "SQL" #name, all.name)
  ORCH_FIND(AllocHandle);
  ORCH_FIND(FreeHandle);
  ORCH_FIND(SetEnvAttr);
  ORCH_FIND(DriversW);
  ORCH_FIND(DataSourcesW);
  ORCH_FIND(DriverConnectW);
  ORCH_FIND(Disconnect);
  ORCH_FIND(SetConnectAttrW);
  ORCH_FIND(GetConnectAttrW);
  ORCH_FIND(GetInfoW);
  ORCH_FIND(GetDiagRecW);
  ORCH_FIND(EndTran);
  ORCH_FIND(SetStmtAttrW);
  ORCH_FIND(PrepareW);
  ORCH_FIND(ExecDirectW);
  ORCH_FIND(TablesW);
  ORCH_FIND(ColumnsW);
  ORCH_FIND(PrimaryKeysW);
  ORCH_FIND(NumResultCols);
  ORCH_FIND(DescribeColW);
  ORCH_FIND(ColAttributeW);
  ORCH_FIND(BindCol);
  ORCH_FIND(Fetch);
  ORCH_FIND(GetData);
  ORCH_FIND(Cancel);
#undef ORCH_FIND
  return all;
}

}  // namespace

const Functions& functions() {
  static const Functions loaded = load();  // after an exception the next call tries again
  return loaded;
}

}  // namespace orch::odbc
