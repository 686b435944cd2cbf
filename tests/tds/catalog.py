"""What sys.* and INFORMATION_SCHEMA say of the tables of a data file, as rows."""
import re

# name, system_type_id, max_length, precision, scale
TYPES = {
    "tinyint": (48, 1, 3, 0), "smallint": (52, 2, 5, 0), "int": (56, 4, 10, 0), "bigint": (127, 8, 19, 0),
    "bit": (104, 1, 1, 0), "decimal": (106, 17, 38, 38), "numeric": (108, 17, 38, 38),
    "money": (60, 8, 19, 4), "smallmoney": (122, 4, 10, 4), "real": (59, 4, 24, 0), "float": (62, 8, 53, 0),
    "date": (40, 3, 10, 0), "time": (41, 5, 16, 7), "datetime": (61, 8, 23, 3),
    "smalldatetime": (58, 4, 16, 0), "datetime2": (42, 8, 27, 7), "datetimeoffset": (43, 10, 34, 7),
    "char": (175, 8000, 0, 0), "varchar": (167, 8000, 0, 0), "text": (35, 16, 0, 0),
    "nchar": (239, 8000, 0, 0), "nvarchar": (231, 8000, 0, 0), "ntext": (99, 16, 0, 0),
    "binary": (173, 8000, 0, 0), "varbinary": (165, 8000, 0, 0), "image": (34, 16, 0, 0),
    "uniqueidentifier": (36, 16, 0, 0), "xml": (241, -1, 0, 0), "sql_variant": (98, 8016, 0, 0),
    "timestamp": (189, 8, 0, 0), "hierarchyid": (240, 892, 0, 0), "geometry": (240, -1, 0, 0),
    "geography": (240, -1, 0, 0), "sysname": (231, 256, 0, 0),
}
USER_TYPE_IDS = {"hierarchyid": 128, "geometry": 129, "geography": 130, "sysname": 256}
CHARACTER = ("char", "varchar", "text", "nchar", "nvarchar", "ntext", "sysname")

VIEWS = {
    "sys.schemas": ("name", "schema_id", "principal_id"),
    "sys.databases": ("name", "database_id", "snapshot_isolation_state", "snapshot_isolation_state_desc",
                      "is_read_committed_snapshot_on", "collation_name"),
    "sys.types": ("name", "system_type_id", "user_type_id", "schema_id", "max_length", "precision", "scale",
                  "is_user_defined", "is_assembly_type"),
    "sys.objects": ("name", "object_id", "schema_id", "type", "type_desc", "is_ms_shipped", "create_date",
                    "modify_date", "temporal_type"),
    "sys.columns": ("object_id", "name", "column_id", "system_type_id", "user_type_id", "max_length",
                    "precision", "scale", "collation_name", "is_nullable", "is_identity", "is_computed",
                    "is_hidden", "generated_always_type", "is_rowguidcol"),
    "sys.indexes": ("object_id", "name", "index_id", "type", "type_desc", "is_unique", "is_primary_key",
                    "is_unique_constraint", "is_disabled", "has_filter"),
    "sys.index_columns": ("object_id", "index_id", "index_column_id", "column_id", "key_ordinal",
                          "is_descending_key", "is_included_column"),
    "sys.key_constraints": ("name", "object_id", "parent_object_id", "schema_id", "type", "unique_index_id"),
    "sys.extended_properties": ("class", "class_desc", "major_id", "minor_id", "name", "value"),
    "sys.partitions": ("partition_id", "object_id", "index_id", "partition_number", "rows"),
    "sys.dm_db_partition_stats": ("partition_id", "object_id", "index_id", "partition_number", "row_count",
                                  "used_page_count", "reserved_page_count"),
    "sys.change_tracking_tables": ("object_id",),
    "INFORMATION_SCHEMA.SCHEMATA": ("CATALOG_NAME", "SCHEMA_NAME"),
    "INFORMATION_SCHEMA.TABLES": ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE"),
    "INFORMATION_SCHEMA.COLUMNS": ("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME",
                                   "ORDINAL_POSITION", "IS_NULLABLE", "DATA_TYPE",
                                   "CHARACTER_MAXIMUM_LENGTH", "NUMERIC_PRECISION", "NUMERIC_SCALE",
                                   "DATETIME_PRECISION", "COLLATION_NAME"),
    "INFORMATION_SCHEMA.TABLE_CONSTRAINTS": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_SCHEMA",
                                             "TABLE_NAME", "CONSTRAINT_TYPE"),
    "INFORMATION_SCHEMA.KEY_COLUMN_USAGE": ("CONSTRAINT_SCHEMA", "CONSTRAINT_NAME", "TABLE_SCHEMA",
                                            "TABLE_NAME", "COLUMN_NAME", "ORDINAL_POSITION"),
}
# Views of SQL Server that are a part of another's rows.
PARTS = {"sys.all_objects": ("sys.objects", "1"), "sys.tables": ("sys.objects", "type = 'U'"),
         "sys.views": ("sys.objects", "type = 'V'"), "sys.all_columns": ("sys.columns", "1"),
         "sys.computed_columns": ("sys.columns", "is_computed = 1"),
         "sys.identity_columns": ("sys.columns", "is_identity = 1")}


def parts_of(type_text):
    """"decimal", "38", "10" of "decimal(38,10)"."""
    return re.fullmatch(r"(\w+)(?:\((\w+)(?:,\s*(\d+))?\))?", type_text.replace("rowversion", "timestamp")).groups()


def sizes(type_text):
    """max_length, precision and scale as sys.columns has them."""
    name, first, second = parts_of(type_text)
    _, length, precision, scale = TYPES[name]
    if name in ("decimal", "numeric"):
        precision, scale = int(first or 18), int(second or 0)
        length = 5 if precision <= 9 else 9 if precision <= 19 else 13 if precision <= 28 else 17
    elif name in ("time", "datetime2", "datetimeoffset"):
        scale = int(first or 7)
        digits = scale + (1 if scale else 0)
        precision = {"time": 8, "datetime2": 19, "datetimeoffset": 26}[name] + digits
        base = {"time": 0, "datetime2": 3, "datetimeoffset": 5}[name]
        length = base + (3 if scale <= 2 else 4 if scale <= 4 else 5)
    elif name in ("char", "varchar", "nchar", "nvarchar", "binary", "varbinary"):
        length = -1 if first == "max" else int(first or 1) * (2 if name.startswith("n") else 1)
    return length, precision, scale


def of_column(rows, object_id, number, column, default_collation):
    name = parts_of(column["type"])[0]
    system = TYPES[name][0]
    collation = (column.get("collation") or default_collation) if name in CHARACTER else None
    rows["sys.columns"].append(
        (object_id, column["name"], number, system, USER_TYPE_IDS.get(name, system), *sizes(column["type"]),
         collation, int(column.get("null", True)), int(column.get("identity", False)),
         int(column.get("computed", False)), int(column.get("hidden", False)),
         int(column.get("hidden", False)), 0))
    if "comment" in column:
        rows["sys.extended_properties"].append(
            (1, "OBJECT_OR_COLUMN", object_id, number, "MS_Description", column["comment"]))


def of_key(rows, object_id, schema_id, table):
    numbers = {column["name"]: i for i, column in enumerate(table["columns"], 1)}
    name = "PK_" + table["name"]
    rows["sys.indexes"].append((object_id, name, 1, 1, "CLUSTERED", 1, 1, 0, 0, 0))
    rows["sys.key_constraints"].append((name, object_id + 1, object_id, schema_id, "PK", 1))
    rows["INFORMATION_SCHEMA.TABLE_CONSTRAINTS"].append(
        (table["schema"], name, table["schema"], table["name"], "PRIMARY KEY"))
    for i, column in enumerate(table["key"], 1):
        rows["sys.index_columns"].append((object_id, 1, i, numbers[column], i, 0, 0))
        rows["INFORMATION_SCHEMA.KEY_COLUMN_USAGE"].append(
            (table["schema"], name, table["schema"], table["name"], column, i))


def of_table(rows, object_id, schema_id, database, table, default_collation):
    view = table.get("kind") == "view"
    rows["sys.objects"].append(
        (table["name"], object_id, schema_id, "V" if view else "U", "VIEW" if view else "USER_TABLE", 0,
         "2026-01-01 00:00:00.000", "2026-01-01 00:00:00.000", 0))
    rows["INFORMATION_SCHEMA.TABLES"].append(
        (database, table["schema"], table["name"], "VIEW" if view else "BASE TABLE"))
    for number, column in enumerate(table["columns"], 1):
        of_column(rows, object_id, number, column, default_collation)
        length, precision, scale = sizes(column["type"])
        name = parts_of(column["type"])[0]
        wide = 2 if name.startswith("n") and name != "numeric" else 1
        rows["INFORMATION_SCHEMA.COLUMNS"].append(
            (database, table["schema"], table["name"], column["name"], number,
             "YES" if column.get("null", True) else "NO", name,
             max(-1, length // wide) if name in CHARACTER + ("binary", "varbinary") else None,
             precision, scale, scale, None))
    if table.get("key"):
        of_key(rows, object_id, schema_id, table)
    if not view:
        index = 1 if table.get("key") else 0
        if index == 0:
            rows["sys.indexes"].append((object_id, None, 0, 0, "HEAP", 0, 0, 0, 0, 0))
        count = len(table.get("rows", []))
        rows["sys.partitions"].append((object_id, object_id, index, 1, count))
        rows["sys.dm_db_partition_stats"].append((object_id, object_id, index, 1, count, 1, 1))
    if "comment" in table:
        rows["sys.extended_properties"].append(
            (1, "OBJECT_OR_COLUMN", object_id, 0, "MS_Description", table["comment"]))


def rows_of(data):
    """Rows of each view, by its name."""
    rows = {view: [] for view in VIEWS}
    database, snapshot = data["database"], data.get("snapshot_isolation", False)
    collation = data.get("collation", "SQL_Latin1_General_CP1_CI_AS")
    rows["sys.databases"].append((database, 5, int(snapshot), "ON" if snapshot else "OFF", 0, collation))
    for name, (system, length, precision, scale) in TYPES.items():
        user = USER_TYPE_IDS.get(name, system)
        rows["sys.types"].append((name, system, user, 4, length, precision, scale, 0, int(system == 240)))
    schemas = {"dbo": 1, "guest": 2, "INFORMATION_SCHEMA": 3, "sys": 4}
    for table in data["tables"]:
        schemas.setdefault(table["schema"], len(schemas) + 1)
    for name, number in schemas.items():
        rows["sys.schemas"].append((name, number, 1))
        rows["INFORMATION_SCHEMA.SCHEMATA"].append((database, name))
    for i, table in enumerate(data["tables"]):
        of_table(rows, 1000 + 10 * i, schemas[table["schema"]], database, table, collation)
    return rows
