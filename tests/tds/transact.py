"""Transact-SQL as SQLite takes it: enough of it for catalog queries and reads, word by word.

What SQLite refuses after this is a syntax error of the server's answer. What it accepts need not be
Transact-SQL: golden files of the SQL texts are what a reader judges that by.
"""
import re

WORD = re.compile(r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<text>N?'(?:[^']|'')*')
  | (?P<name>\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")
  | (?P<number>0x[0-9A-Fa-f]*|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<word>%%\w+%%|@{0,2}[\w#$]+)
  | (?P<sign><>|<=|>=|!=|.)
""", re.VERBOSE | re.DOTALL)

BEGINNINGS = ("SET", "SELECT", "BEGIN", "COMMIT", "ROLLBACK", "USE", "EXEC", "EXECUTE", "IF", "DECLARE",
              "INSERT", "UPDATE", "DELETE")
OF_ONE_LINE = ("SET", "COMMIT", "ROLLBACK", "USE", "BEGIN")
RENAMED = {"ISNULL": "ifnull", "COUNT_BIG": "count", "LEFT": "tds_left", "LEN": "length",
           "DATALENGTH": "tds_datalength"}


def words_of(sql):
    words = []
    for match in WORD.finditer(sql):
        if match.lastgroup != "space":
            words.append(match.group())
    return words


def upper(words, at):
    return words[at].upper() if 0 <= at < len(words) else ""


def statements(sql):
    """The statements of a batch, each a list of words."""
    found, depth = [[]], 0
    for word in words_of(sql):
        depth += (word == "(") - (word == ")")
        first = upper(found[-1], 0)
        if depth == 0 and word == ";":
            found.append([])
            continue
        if depth == 0 and word.upper() in BEGINNINGS and first in OF_ONE_LINE:
            found.append([])
        found[-1].append(word)
    return [words for words in found if words]


def closing(words, at):
    """The bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(words)):
        depth += (words[i] == "(") - (words[i] == ")")
        if depth == 0:
            return i
    return len(words) - 1


def split(words):
    """At commas outside of brackets."""
    parts, depth = [[]], 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def name_of(word):
    if word.startswith("["):
        return word[1:-1].replace("]]", "]")
    if word.startswith('"'):
        return word[1:-1].replace('""', '"')
    return word


def is_name(word):
    return bool(re.match(r'[\["\w]', word)) and not re.match(r"\d|N'", word)


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def cast(words, at):
    """CAST(x AS type) and CONVERT(type, x, style) as tds_cast(x, 'type', style)."""
    end = closing(words, at + 1)
    inside = words[at + 2:end]
    if upper(words, at).endswith("CAST"):
        depth, as_at = 0, len(inside)
        for i, word in enumerate(inside):
            depth += (word == "(") - (word == ")")
            if depth == 0 and word.upper() == "AS":
                as_at = i
        value, kind, style = inside[:as_at], inside[as_at + 1:], ["0"]
    else:
        kind, value, *rest = split(inside)
        style = rest[0] if rest else ["0"]
    return ["tds_cast", "(", *translated(value), ",", literal("".join(kind)), ",", *style, ")"], end + 1


def word_in_place(words, at, database):
    """What stands for the words from `at`, and where to go on; None: the word itself."""
    word, following = upper(words, at), upper(words, at + 1)
    if word in ("CAST", "TRY_CAST", "CONVERT", "TRY_CONVERT") and following == "(":
        return cast(words, at)
    if word == "WITH" and following == "(" or word == "OPTION" and following == "(":
        return [], closing(words, at + 1) + 1
    if word == "COLLATE":
        return [], at + 2
    if word.startswith("@@"):
        return ["tds_global", "(", literal(word[2:]), ")"], at + 1
    if word == "%%PHYSLOC%%":
        return ["rowid"], at + 1
    if word.startswith("N'"):
        return [words[at][1:]], at + 1
    if word.startswith("0X"):
        return ["x'" + words[at][2:] + "'"], at + 1
    if word == "+" and (words[at - 1].endswith("'") or following.endswith("'")):
        return ["||"], at + 1
    if word in RENAMED and following == "(":
        return [RENAMED[word]], at + 1
    if word == "SYS" and following == "." and upper(words, at + 3) == "(":
        return [], at + 2
    if following == "." and name_of(words[at]).lower() == database and upper(words, at + 3) == ".":
        return [], at + 2
    if is_name(words[at]) and following == "." and upper(words, at + 2) in ("STASTEXT", "TOSTRING"):
        return ["tds_text", "(", *translated(words[at:at + 1]), ")"], at + 5
    if word.startswith("["):
        return ['"' + name_of(words[at]).replace('"', '""') + '"'], at + 1
    return None


def limited(words):
    """TOP n after SELECT as LIMIT n at the end of its query; OFFSET … FETCH as LIMIT … OFFSET."""
    at = 0
    while at < len(words):
        if upper(words, at) == "TOP":
            end = closing(words, at + 1) if words[at + 1] == "(" else at + 1
            count = words[at + 1:end + 1]
            depth, stop = 0, end + 1
            while stop < len(words) and depth >= 0:
                depth += (words[stop] == "(") - (words[stop] == ")")
                stop += depth >= 0
            words = words[:at] + words[end + 1:stop] + ["LIMIT", *count] + words[stop:]
        elif upper(words, at) == "OFFSET" and upper(words, at + 2) in ("ROW", "ROWS"):
            count = ["-1"] if upper(words, at + 3) != "FETCH" else [words[at + 5]]
            rest = at + 3 if upper(words, at + 3) != "FETCH" else at + 8
            words = words[:at] + ["LIMIT", *count, "OFFSET", words[at + 1]] + words[rest:]
            at += 4
        at += 1
    return words


def translated(words, database=""):
    out, at = [], 0
    while at < len(words):
        change = word_in_place(words, at, database)
        if change is None:
            out.append(words[at])
            at += 1
        else:
            out += change[0]
            at = change[1]
    return limited(out)


def select_list(words):
    """The items of a translated SELECT, each a list of words."""
    begin = 1 + (upper(words, 1) in ("DISTINCT", "ALL"))
    depth, end = 0, begin
    while end < len(words) and not (depth == 0 and words[end].upper() in ("FROM", "LIMIT", "WHERE")):
        depth += (words[end] == "(") - (words[end] == ")")
        end += 1
    return split(words[begin:end])


def item_name(item):
    """The name of a result's column: its alias, a column's name, or none."""
    if len(item) >= 3 and item[-2].upper() == "AS":
        return name_of(item[-1])
    if len(item) > 1 and is_name(item[-1]) and (item[-2] == ")" or is_name(item[-2])):
        return name_of(item[-1])
    if is_name(item[-1]) and (len(item) == 1 or item[-2] == "."):
        return name_of(item[-1])
    return ""
