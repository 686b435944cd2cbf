// The functions of unixODBC's driver manager that are used, and where its library is found. Source:
// Microsoft, "ODBC API Reference"; layouts are those of sql.h and sqlext.h.
#pragma once

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

namespace orch::odbc {

struct Functions {
  decltype(&::SQLAllocHandle) AllocHandle;
  decltype(&::SQLFreeHandle) FreeHandle;
  decltype(&::SQLSetEnvAttr) SetEnvAttr;
  decltype(&::SQLDriversW) DriversW;
  decltype(&::SQLDataSourcesW) DataSourcesW;
  decltype(&::SQLDriverConnectW) DriverConnectW;
  decltype(&::SQLDisconnect) Disconnect;
  decltype(&::SQLSetConnectAttrW) SetConnectAttrW;
  decltype(&::SQLGetConnectAttrW) GetConnectAttrW;
  decltype(&::SQLGetInfoW) GetInfoW;
  decltype(&::SQLGetDiagRecW) GetDiagRecW;
  decltype(&::SQLEndTran) EndTran;
  decltype(&::SQLSetStmtAttrW) SetStmtAttrW;
  decltype(&::SQLPrepareW) PrepareW;
  decltype(&::SQLExecDirectW) ExecDirectW;
  decltype(&::SQLTablesW) TablesW;
  decltype(&::SQLColumnsW) ColumnsW;
  decltype(&::SQLPrimaryKeysW) PrimaryKeysW;
  decltype(&::SQLNumResultCols) NumResultCols;
  decltype(&::SQLDescribeColW) DescribeColW;
  decltype(&::SQLColAttributeW) ColAttributeW;
  decltype(&::SQLBindCol) BindCol;
  decltype(&::SQLFetch) Fetch;
  decltype(&::SQLGetData) GetData;
  decltype(&::SQLCancel) Cancel;
};

/// Loads the library once: the file that ORCH_ODBC names, else libodbc.so.2 where the loader looks.
/// Throws LibraryMissing. Any thread.
const Functions& functions();

}  // namespace orch::odbc
