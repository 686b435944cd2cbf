// Reads a Delta table without any code of orch or DuckDB: plays the log and reads the live files with
// hyparquet. Prints {"columns": [{"name", "type"}], "versions", "files", "commits", "statistics"} and
// then one row a line, each value as a text of its own type, exact to the last digit.
//
//   node read_zone.mjs MODULES TABLE_FOLDER [checkpoint]
//
// With `checkpoint` the log is played from the newest checkpoint on, and not from its beginning.
import fs from 'node:fs'
import path from 'node:path'

const [modules, table, from] = process.argv.slice(2)
const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } =
  await import(path.resolve(modules, 'hyparquet/src/node.js'))
const { compressors } = await import(path.resolve(modules, 'hyparquet-compressors/src/index.js'))

const log = path.join(table, '_delta_log')
const names = fs.readdirSync(log).sort()
const raw = {
  timestampFromMicroseconds: micros => micros,
  dateFromDays: days => days,
}

// Decimals are made doubles by the library: their bytes are asked for instead.
async function rowsOf(file) {
  const metadata = await parquetMetadataAsync(file)
  for (const element of metadata.schema) {
    if (element.converted_type === 'DECIMAL') {
      delete element.converted_type
      delete element.logical_type
    }
  }
  return parquetReadObjects({ file, metadata, compressors, parsers: raw, utf8: false })
}

let start = -1
const live = new Map()
const commits = []
let schema
let partitions

function play(action) {
  if (action.add) live.set(decodeURIComponent(action.add.path), action.add)
  if (action.remove) live.delete(decodeURIComponent(action.remove.path))
  if (action.metaData) {
    schema = JSON.parse(action.metaData.schemaString).fields
    partitions = action.metaData.partitionColumns ?? []
  }
  if (action.commitInfo) commits.push(action.commitInfo)
}

if (from === 'checkpoint') {
  const last = JSON.parse(fs.readFileSync(path.join(log, '_last_checkpoint'), 'utf8'))
  start = last.version
  const name = String(start).padStart(20, '0') + '.checkpoint.parquet'
  const file = await asyncBufferFromFile(path.join(log, name))
  for (const action of await parquetReadObjects({ file, compressors })) play(action)
}
const versions = names.filter(name => /^\d{20}\.json$/.test(name))
for (const name of versions) {
  if (Number(name.slice(0, 20)) <= start) continue
  for (const line of fs.readFileSync(path.join(log, name), 'utf8').split('\n')) {
    if (line) play(JSON.parse(line))
  }
}

function unscaled(value) {
  if (!(value instanceof Uint8Array)) return BigInt(value)
  let number = 0n
  for (const byte of value) number = number << 8n | BigInt(byte)
  return value[0] & 0x80 ? number - (1n << BigInt(8 * value.length)) : number
}

function decimal(value, scale) {
  const number = unscaled(value)
  const digits = String(number < 0n ? -number : number).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  return (number < 0n ? '-' : '') + whole + (scale ? '.' + digits.slice(-scale) : '')
}

const text = new TextDecoder('utf-8', { fatal: true })

function spelled(value, type) {
  if (value === null || value === undefined) return null
  if (type.startsWith('decimal(')) return decimal(value, Number(type.split(',')[1].slice(0, -1)))
  if (type === 'binary') return Buffer.from(value).toString('hex')
  if (type === 'string') return value instanceof Uint8Array ? text.decode(value) : value
  return String(value)
}

const rows = []
let counted = 0
for (const [name, file] of [...live].sort()) {
  counted += JSON.parse(file.stats).numRecords
  for (const row of await rowsOf(await asyncBufferFromFile(path.join(table, name)))) {
    rows.push(schema.map(({ name: column, type }) =>
      partitions.includes(column) ? file.partitionValues[column] : spelled(row[column], type)))
  }
}
const columns = schema.map(({ name, type }) => ({ name, type }))
console.log(JSON.stringify({ columns, versions: versions.length, files: [...live.keys()].sort(), statistics: counted,
  commits }, (_, value) => typeof value === 'bigint' ? Number(value) : value))
for (const row of rows) console.log(JSON.stringify(row))
