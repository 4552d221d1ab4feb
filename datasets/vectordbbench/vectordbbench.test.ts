import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { openPacked } from '../index.ts'
import { scratch } from '../packed/scratch.fixture.ts'

type Lists = readonly (readonly (number | bigint)[])[]

const list = (name: string, type: 'FLOAT' | 'DOUBLE' | 'INT64'): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'OPTIONAL', type },
]

/** A table of ids and lists, one row group for each `group` rows. */
const table = (
  column: string,
  type: 'FLOAT' | 'DOUBLE' | 'INT64',
  ids: readonly number[],
  lists: Lists,
  group = 2,
): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: ids.map(BigInt) },
        { name: column, data: lists as number[][] },
      ],
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'id', type: 'INT64', repetition_type: 'REQUIRED' },
        ...list(column, type),
      ],
      rowGroupSize: group,
    }),
  )

const vectors = (ids: readonly number[], lists: Lists) => table('emb', 'FLOAT', ids, lists)
const neighbours = (ids: readonly number[], lists: readonly (readonly number[])[]) =>
  table(
    'neighbors_id',
    'INT64',
    ids,
    lists.map((one) => one.map(BigInt)),
  )

const TEST = vectors(
  [0, 1],
  [
    [0, 1],
    [3, 3],
  ],
)
const ROWS = [
  [0, 0],
  [3, 4],
  [1, 0],
  [0, 2],
]
const TRAIN = vectors([0, 1, 2, 3], ROWS)

const folder = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
  const path = join(scratch, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(path, file), bytes)
  return path
}

const open = (name: string, files: Readonly<Record<string, Uint8Array>>) =>
  openPacked({ file: folder(name, files) }, 'l2', '/')

const refused = (name: string, files: Readonly<Record<string, Uint8Array>>, message: RegExp) =>
  assert.rejects(open(name, files), message)

test('a row is where its id says, in one file or in shuffled parts, float32 or float64', async () => {
  const neighbors = neighbours(
    [1, 0],
    [
      [1, 2],
      [0, 3],
    ],
  )
  const files = { 'test.parquet': TEST, 'neighbors.parquet': neighbors }
  const plain = await open('plain', { 'train.parquet': TRAIN, ...files })
  assert.deepEqual([...plain.dataset.models[0]!.vectors.slice(0, 4)], ROWS.flat())
  assert.deepEqual([...plain.neighbours()!.values], [0, 3, 1, 2])
  assert.deepEqual([plain.metric, plain.note], [null, null])
  const shuffled = await open('shuffled', {
    'shuffle_train-00-of-02.parquet': vectors(
      [2, 0, 3],
      [
        [1, 0],
        [0, 0],
        [0, 2],
      ],
    ),
    'shuffle_train-01-of-02.parquet': table('emb', 'DOUBLE', [1], [[3, 4]]),
    ...files,
  })
  assert.equal(shuffled.dataset.fingerprint, plain.dataset.fingerprint)
})

test('ids with gaps: row i is that of the i-th smallest, in the neighbours too, and it is told', async () => {
  const {
    dataset,
    note,
    neighbours: given,
  } = await open('gaps', {
    'train.parquet': vectors(
      [30, 10, 20],
      [
        [3, 3],
        [1, 1],
        [2, 2],
      ],
    ),
    'test.parquet': TEST,
    'neighbors.parquet': neighbours(
      [0, 1],
      [
        [10, 30],
        [30, 20],
      ],
    ),
  })
  assert.deepEqual([...dataset.models[0]!.vectors.slice(0, 3)], [1, 1, 2, 2, 3, 3])
  assert.deepEqual([...given()!.values], [0, 2, 2, 1])
  assert.match(note!, /not 0 to 2: row i is that of the i-th smallest id/)
})

test('a folder that lacks a file, a part or a column is refused with what is missing', async () => {
  const files = { 'test.parquet': TEST }
  await refused('empty', files, /at its files: there is no train\.parquet, shuffle_train/)
  await refused('no-test', { 'train.parquet': TRAIN }, /at test\.parquet: it is not there/)
  const part = { 'train-00-of-02.parquet': TRAIN }
  await refused('part', { ...files, ...part }, /at train-01-of-02\.parquet: it is not there/)
  const wrong = table('vector', 'FLOAT', [0], [[1, 2]])
  await refused(
    'column',
    { ...files, 'train.parquet': wrong },
    /at column emb: there is no such column; there are id, vector/,
  )
})

test('rows that cannot be are refused with file, column and row', async () => {
  const files = { 'train.parquet': TRAIN, 'test.parquet': TEST }
  const twice = vectors(
    [0, 1, 1],
    [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  )
  await refused(
    'twice',
    { ...files, 'train.parquet': twice },
    /at column id: the id 1 is there twice/,
  )
  const ragged = vectors([0, 1, 2], [[1, 1], [2, 2], [3]])
  await refused(
    'ragged',
    { ...files, 'train.parquet': ragged },
    /column emb, row 2: it has 1 dimensions, the first row has 2/,
  )
  const nan = vectors(
    [0, 1],
    [
      [1, 1],
      [2, Number.NaN],
    ],
  )
  await refused(
    'nan',
    { ...files, 'train.parquet': nan },
    /train\.parquet, column emb, row 1: value 1 is NaN/,
  )
  const text = table('emb', 'INT64', [0], [[1n, 2n]])
  await refused(
    'integers',
    { ...files, 'train.parquet': text },
    /column emb, row 0: value 0 is 1, no float/,
  )
  const range = {
    'neighbors.parquet': neighbours(
      [0, 1],
      [
        [0, 1],
        [2, 9],
      ],
    ),
  }
  await refused(
    'range',
    { ...files, ...range },
    /neighbors\.parquet, column neighbors_id, row 1: place 1 names row 9/,
  )
  const fewer = { 'neighbors.parquet': neighbours([0], [[0, 1]]) }
  await refused(
    'fewer',
    { ...files, ...fewer },
    /at column id: query 1 of test\.parquet has no neighbours/,
  )
})

test('a file that is cut short, or none of Parquet, is refused', async () => {
  const path = folder('whole', { 'train.parquet': TRAIN })
  const bytes = readFileSync(join(path, 'train.parquet'))
  const train = (content: Uint8Array) => ({ 'train.parquet': content, 'test.parquet': TEST })
  await refused('cut', train(bytes.subarray(0, 100)), /train\.parquet is refused at its footer/)
  await refused(
    'junk',
    train(Buffer.from('hello, this is text')),
    /train\.parquet is refused at its footer/,
  )
})
