import { appendFileSync, closeSync, openSync, readFileSync } from 'node:fs'
import {
  Message,
  type RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  type Schema,
} from 'apache-arrow'
import { problem } from '../../errors.ts'
import { batchOf, COLUMN, type Layout } from './columns.ts'

/** A continuation mark and a length of zero: how an Arrow stream says that it is complete. */
const END = Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)

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
 * Each batch is one append; the schema is written at once.
 */
export const createStream = (path: string, schema: Schema): StreamFile => {
  const file = openSync(path, 'w')
  const none = schema.fields.map(({ type }) => emptyColumn(String(type)))
  const empty = encode(batchOf(schema, 0, none))
  const head = frameAt(empty, 0)!.end
  appendFileSync(file, empty.subarray(0, head))
  return {
    append: (batch) => {
      const bytes = encode(batch)
      appendFileSync(file, bytes.subarray(head, bytes.length - END.length))
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

export interface StreamContents {
  readonly batches: readonly RecordBatch[]
  readonly metadata: ReadonlyMap<string, string>
  /** The file says that it is complete. */
  readonly closed: boolean
}

/**
 * Reads an Arrow stream file up to its last whole batch.
 * Errors: RUN_FILE_MISSING; RUN_FILE_DAMAGED with the byte where it stops making sense, or the column that is not as `layout` says.
 */
export const readStream = (path: string, layout: Layout): StreamContents => {
  const bytes = readBytes(path)
  const { end, closed } = wholePart(path, bytes)
  const damaged = (why: string, cause?: unknown) =>
    problem('RUN_FILE_DAMAGED', { path, at: end, why }, cause)
  if (end === 0) throw damaged('it ends before its schema')
  const whole = Buffer.concat([bytes.subarray(0, end), END])
  let batches: RecordBatch[]
  let schema: Schema
  try {
    const reader = RecordBatchReader.from(whole)
    reader.open()
    schema = reader.schema
    batches = [...reader]
  } catch (cause) {
    throw damaged(cause instanceof Error ? cause.message : String(cause), cause)
  }
  for (const [name, type] of Object.entries(layout)) {
    const found = schema.fields.find((field) => field.name === name)?.type
    if (String(found) !== String(COLUMN[type])) {
      throw damaged(`column ${name} is ${found ?? 'absent'}, not ${COLUMN[type]}`)
    }
  }
  return { batches, metadata: schema.metadata, closed }
}

const readBytes = (path: string): Uint8Array => {
  try {
    return readFileSync(path)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw problem('RUN_FILE_MISSING', { path, why }, cause)
  }
}

/** How far a stream reaches in whole messages, and whether its end mark stands there. */
const wholePart = (path: string, bytes: Uint8Array): { end: number; closed: boolean } => {
  let at = 0
  for (;;) {
    let frame: Frame | null
    try {
      frame = frameAt(bytes, at)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw problem('RUN_FILE_DAMAGED', { path, at, why }, cause)
    }
    if (frame === null) return { end: at, closed: false }
    if (frame.last) return { end: at, closed: true }
    at = frame.end
  }
}

interface Frame {
  readonly end: number
  readonly last: boolean
}

/** The message at a byte, or null if it is cut off. Arrow columnar format, "Encapsulated message format". */
const frameAt = (bytes: Uint8Array, at: number): Frame | null => {
  if (at + 8 > bytes.length) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset + at)
  if (view.getUint32(0, true) !== 0xffffffff) throw new Error('no message begins there')
  const length = view.getInt32(4, true)
  if (length === 0) return { end: at + 8, last: true }
  if (length < 0) throw new Error(`a message of ${length} bytes is announced`)
  const body = at + 8 + length
  if (body > bytes.length) return null
  const { bodyLength } = Message.decode(bytes.subarray(at + 8, body))
  if (!(bodyLength >= 0)) throw new Error(`a body of ${bodyLength} bytes is announced`)
  const end = body + bodyLength
  return end > bytes.length ? null : { end, last: false }
}
