import type { Cell, Table } from './table.ts'

const CHUNK = 1 << 16

/**
 * A table as CSV (RFC 4180), in pieces of some 64 KiB: a header, CRLF line ends, a cell in double quotes where it holds a quote, a comma
 * or a line end. A null is empty; an empty text is `""`. Lists are JSON. Infinity is `Infinity`.
 */
export function* csvOf(table: Table): Generator<string> {
  let text = `${table.columns.map(({ name }) => name).join(',')}\r\n`
  for (let row = 0; row < table.count; row++) {
    text += `${table.columns.map((column) => csvCell(column.of(row))).join(',')}\r\n`
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield text
}

export const csvCell = (cell: Cell): string => {
  if (cell === null) return ''
  if (typeof cell === 'number') return String(cell)
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell)
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
