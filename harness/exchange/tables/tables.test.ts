import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { at0, control, probe, remove, runOf, search, upsert } from '../../analysis/run.fixture.ts'
import { csvCell, csvOf } from './csv.ts'
import { gaugesTable, historyTable } from './history.ts'
import { writeParquet } from './parquet.ts'
import type { Cell, Table } from './table.ts'

const RUN = runOf({
  preload: 3,
  ops: [
    search(1, 7, at0(2, 0)),
    upsert(
      2,
      [
        [3, 0],
        [4, 0],
      ],
      { outcome: 'unknown', refused: [4], error: 'said "no", twice' },
    ),
    remove(3, [0], { sent: null, outcome: 'fail', error: 'shed' }),
    probe(4, 1, [3, 0], [5], {}, { exact: { hits: [[3, 0]] } }),
    control(5, 'compact'),
    search(6, 8, [], { outcome: 'fail' }),
    search(90, 8, [], null),
    search(2000, 8, [], null),
  ],
  history: { until: 100, closed: false },
  gauges: {
    'engine.rows': [
      [1, 3],
      [2, 4.5],
    ],
  },
})

const rowsOf = (table: Table): Record<string, Cell>[] =>
  Array.from({ length: table.count }, (_, row) =>
    Object.fromEntries(table.columns.map(({ name, of }) => [name, of(row)])),
  )
/** The cells that are there. */
const told = (row: Record<string, Cell>) =>
  Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null))

test('one row an op, one more for an exact check; what an op has not, or nobody saw, is null', () => {
  const rows = rowsOf(historyTable(RUN)).map(told)
  const [asked, written, shed, probed, checked, compacted, failed, cut, later] = rows
  assert.equal(rows.length, 9)
  assert.deepEqual(asked, {
    op: 0,
    due_us: 1000,
    kind: 'search',
    phase: 'churn',
    query: 7,
    k: 2,
    outcome: 'ok',
    via: 'index',
    sent_us: 1000,
    done_us: 2000,
    space: 0,
    model: 1,
    hit_ids: [2, 0],
    hit_versions: [0, 0],
  })
  assert.deepEqual([written!.ids, written!.versions, written!.refused_ids], [[3, 4], [0, 0], [4]])
  assert.equal(written!.error, 'said "no", twice')
  assert.deepEqual(
    [shed!.ids, shed!.versions, shed!.sent_us, shed!.outcome],
    [[0], undefined, undefined, 'fail'],
  )
  assert.deepEqual(
    [probed!.op, probed!.probe_of, probed!.hit_ids, probed!.hit_versions],
    [3, 1, [5], undefined],
  )
  assert.deepEqual([checked!.op, checked!.via, checked!.hit_ids], [3, 'exact', [3]])
  assert.deepEqual([compacted!.kind, compacted!.action], ['control', 'compact'])
  assert.equal(failed!.hit_ids, undefined)
  assert.deepEqual([cut!.outcome, later!.outcome], ['unknown', undefined])
})

test('a CSV cell is quoted where RFC 4180 says, and a null is not an empty text', () => {
  const cells: [Cell, string][] = [
    [null, ''],
    ['', '""'],
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a "b"', '"a ""b"""'],
    ['a\r\nb', '"a\r\nb"'],
    [[], '[]'],
    [[1, 2], '"[1,2]"'],
    [0.5, '0.5'],
    [Infinity, 'Infinity'],
  ]
  for (const [cell, text] of cells) assert.equal(csvCell(cell), text)
  assert.equal(
    [...csvOf(gaugesTable(RUN))].join(''),
    'at_us,name,value\r\n1000,engine.rows,3\r\n2000,engine.rows,4.5\r\n',
  )
})

test('any text comes back from a CSV cell', () => {
  const back = (cell: string): string | null => {
    if (cell === '') return null
    return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
  }
  fc.assert(fc.property(fc.string(), (text) => assert.equal(back(csvCell(text)), text)))
})

test('a Parquet file gives back every cell, over several row groups, nulls and lists among them', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'driftmark-tables-'))
  t.after(() => rmSync(dir, { recursive: true }))
  const many: Table = {
    name: 'many',
    count: 70_000,
    columns: [
      { name: 'n', type: 'int', of: (row) => row },
      { name: 'half', type: 'double', of: (row) => (row % 3 === 0 ? null : row / 2) },
      { name: 'word', type: 'text', of: (row) => (row % 5 === 0 ? null : `w${row % 7}`) },
      {
        name: 'list',
        type: 'ints',
        of: (row) => (row % 4 === 0 ? null : Array.from({ length: row % 3 }, () => row)),
      },
    ],
  }
  for (const table of [historyTable(RUN), gaugesTable(RUN), many]) {
    const path = join(dir, `${table.name}.parquet`)
    await writeParquet(path, table)
    const bytes = readFileSync(path)
    const file = bytes.buffer.slice(
      bytes.byteOffset,
      bytes.byteOffset + bytes.length,
    ) as ArrayBuffer
    const found = await parquetReadObjects({ file })
    assert.deepEqual(
      found.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? null])),
      ),
      rowsOf(table),
    )
  }
})
