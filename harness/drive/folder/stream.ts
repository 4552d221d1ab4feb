import { appendFileSync, closeSync, openSync } from 'node:fs'
import {
  type RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  type Schema,
} from 'apache-arrow'
import { problem } from '../../errors.ts'
import { batchOf, COLUMN, type Layout } from './columns.ts'
import { type ByteFile, END, type Frame, frameAt, holdsMessageAfter, openBytes } from './frames.ts'
import { sealed, sealOf } from './seal.ts'

export interface StreamFile {
  /** The batch is with the operating system when this returns: the end of this process cannot take it back. */
  append(batch: RecordBatch): void
  /** Says that the file is complete. */
  close(): void
}

const encode = (batch: RecordBatch): Uint8Array =>
  RecordBatchStreamWriter.writeAll([batch]).toUint8Array(true)

/**
 * Creates an Arrow stream file (the IPC streaming format) that is readable up to its last whole batch at any instant.
 * Each batch is one append with a checksum of its own; the schema is written at once.
 */
export const createStream = (path: string, schema: Schema): StreamFile => {
  const file = openSync(path, 'w')
  const none = schema.fields.map(({ type }) => emptyColumn(String(type)))
  const empty = encode(batchOf(schema, 0, none))
  const head = 8 + new DataView(empty.buffer, empty.byteOffset).getInt32(4, true)
  appendFileSync(file, sealed(empty.subarray(0, head)))
  return {
    append: (batch) => {
      const bytes = encode(batch)
      appendFileSync(file, sealed(bytes.subarray(head, bytes.length - END.length)))
    },
    close: () => {
      appendFileSync(file, END)
      closeSync(file)
    },
  }
}

const emptyColumn = (type: string) => {
  if (type.startsWith('List')) return { offsets: new Uint32Array(1), values: new Uint32Array(0) }
  return type === 'Utf8' ? [] : new Uint8Array(0)
}

/** A stream file, its batches not yet in memory. */
export interface StreamContents {
  readonly metadata: ReadonlyMap<string, string>
  /** Of the last batch; none if there is no batch. */
  readonly last: ReadonlyMap<string, string>
  /** The file says that it is complete. */
  readonly closed: boolean
  /** Every message carries a checksum, and it was right; false: the file is of an earlier format, without them. */
  readonly checked: boolean
  /** Rows of all batches. */
  readonly rows: number
  /** Values of each column of lists, over all batches. */
  readonly values: ReadonlyMap<string, number>
  /** The batches, read one by one from the file, always into the same memory: each is valid until the next. */
  batches(): Iterable<RecordBatch>
}

/**
 * Reads an Arrow stream file up to its last whole batch: once through, checking every message against its checksum; the batches
 * are read again when they are asked for, one at a time, so that a file may be larger than memory.
 * Errors: RUN_FILE_MISSING; RUN_FILE_DAMAGED with the batch and the byte where it stops making sense, or the column that is not
 * as `layout` says.
 */
export const readStream = (path: string, layout: Layout): StreamContents => {
  const file = openOrRefuse(path)
  try {
    const chain = chainOf(path, file)
    const [first, ...frames] = chain.frames
    if (first === undefined) throw damaged(path, 0, 'it ends before its schema')
    const head = file.bytes(first.from, first.end - first.from).slice()
    const { fields, metadata } = decoded(path, first, Buffer.concat([head, END])).schema
    for (const [name, type] of Object.entries(layout)) {
      const found = fields.find((field) => field.name === name)?.type
      if (String(found) === String(COLUMN[type])) continue
      throw damaged(path, first.end, `column ${name} is ${found ?? 'absent'}, not ${COLUMN[type]}`)
    }
    return {
      metadata,
      last: frames.at(-1)?.message?.metadata ?? new Map(),
      closed: chain.closed,
      checked: chain.checked,
      ...totalsOf(path, layout, fields, frames),
      batches: () => batchesOf(path, head, frames),
    }
  } finally {
    file.close()
  }
}

function* batchesOf(
  path: string,
  head: Uint8Array,
  frames: readonly Frame[],
): Generator<RecordBatch> {
  const file = openOrRefuse(path)
  let memory = new Uint8Array(0)
  try {
    for (const frame of frames) {
      const length = head.length + frame.end - frame.from + END.length
      if (length > memory.length) memory = new Uint8Array(2 * length)
      memory.set(head)
      memory.set(file.bytes(frame.from, frame.end - frame.from), head.length)
      memory.set(END, length - END.length)
      yield* decoded(path, frame, memory.subarray(0, length)).batches
    }
  } finally {
    file.close()
  }
}

/** A stream of the schema and at most one batch, in one piece. */
const decoded = (
  path: string,
  { from }: Frame,
  bytes: Uint8Array,
): { schema: Schema; batches: readonly RecordBatch[] } => {
  try {
    const reader = RecordBatchReader.from(bytes)
    reader.open()
    return { schema: reader.schema, batches: [...reader] }
  } catch (cause) {
    throw damaged(path, from, whyOf(cause), cause)
  }
}

interface Chain {
  /** The schema, then the batches. */
  readonly frames: readonly Frame[]
  readonly closed: boolean
  readonly checked: boolean
}

/** How far a stream reaches in whole messages that match their checksums, and whether its end mark stands there. */
const chainOf = (path: string, file: ByteFile): Chain => {
  const frames: Frame[] = []
  let checked: boolean | null = null
  for (let at = 0; ; at = frames.at(-1)!.end) {
    const frame = frameOrRefuse(path, file, at)
    if (frame === null && checked === true && holdsMessageAfter(file, at)) {
      const why = `${nameOf(frames.length)} announces more bytes than there are, and whole batches follow`
      throw damaged(path, at, why)
    }
    if (frame === null || frame.message === null) {
      return { frames, closed: frame !== null, checked: checked ?? false }
    }
    checked = check(path, file, frame, frames.length, checked)
    frames.push(frame)
  }
}

/** Holds a message against its checksum; all messages of a file carry one, or none does. */
const check = (
  path: string,
  file: ByteFile,
  { from, end }: Frame,
  number: number,
  before: boolean | null,
): boolean => {
  const seal = sealOf(file.bytes(from, end - from))
  const carries = seal !== null
  if (before !== null && before !== carries) {
    const why = `${nameOf(number)} carries ${carries ? 'a' : 'no'} checksum, unlike those before it`
    throw damaged(path, from, why)
  }
  if (seal === null || seal.carried === seal.found) return carries
  const why = `${nameOf(number)} (${end - from} bytes) carries the checksum ${seal.carried}, and has ${seal.found}`
  throw damaged(path, from, why)
}

/** Batches are counted from 0. */
const nameOf = (place: number): string => (place === 0 ? 'its schema' : `batch ${place - 1}`)

/**
 * Rows and list values over all batches, from the metadata alone. A batch that announces more than its bytes can hold is refused,
 * so that nothing of that size is ever allocated.
 */
const totalsOf = (
  path: string,
  layout: Layout,
  fields: Schema['fields'],
  frames: readonly Frame[],
): Pick<StreamContents, 'rows' | 'values'> => {
  let rows = 0
  const values = new Map(fields.map(({ name }) => [name, 0]))
  for (const [number, { from, message }] of frames.entries()) {
    if (!message?.batch) throw damaged(path, from, `message ${number + 1} is no batch`)
    const { rows: length, nodes } = message.batch
    rows += length
    let node = 0
    for (const { name } of fields) {
      const isList = layout[name]?.endsWith('[]') ?? false
      if (isList) values.set(name, values.get(name)! + (nodes[node + 1] ?? 0))
      node += isList ? 2 : 1
    }
    const most = nodes.reduce((longest, one) => Math.max(longest, one), length)
    if (most <= message.bodyLength) continue
    throw damaged(path, from, `batch ${number} announces ${most} values in fewer bytes`)
  }
  return { rows, values }
}

const openOrRefuse = (path: string): ByteFile => {
  try {
    return openBytes(path)
  } catch (cause) {
    throw problem('RUN_FILE_MISSING', { path, why: whyOf(cause) }, cause)
  }
}

const frameOrRefuse = (path: string, file: ByteFile, at: number): Frame | null => {
  try {
    return frameAt(file, at)
  } catch (cause) {
    throw damaged(path, at, whyOf(cause), cause)
  }
}

const damaged = (path: string, at: number, why: string, cause?: unknown) =>
  problem('RUN_FILE_DAMAGED', { path, at, why }, cause)

const whyOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
