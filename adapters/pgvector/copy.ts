import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { Client, PoolClient } from 'pg'
import type { Stored } from '../../harness/model/index.ts'

/** The part of pg's connection that COPY needs; pg hands it to whatever is submitted as a query. */
interface Wire {
  readonly stream: Writable
  query(text: string): void
  sendCopyFromChunk(chunk: Buffer): void
  endCopyFrom(): void
  sendCopyFail(why: string): void
}

/** Eleven bytes of signature, then flags and the length of an extension, both 0 (PostgreSQL manual, COPY, Binary Format). */
const SIGNATURE = 'PGCOPY\n\xff\r\n\0'
const HEADER = Buffer.from(SIGNATURE.padEnd(11 + 4 + 4, '\0'), 'latin1')
const TRAILER = Buffer.from([0xff, 0xff])

/** Rows as COPY's binary format: three fields each, a length before every one; pgvector's is its dimensions, a zero, the float32s. */
export async function* binaryRows(
  batches: AsyncIterable<readonly Stored[]>,
): AsyncGenerator<Buffer> {
  yield HEADER
  for await (const rows of batches) yield binaryBatch(rows)
  yield TRAILER
}

/** Field count, three lengths, id and version; before a vector's numbers its dimensions and a zero. */
const FIXED = 2 + 3 * 4 + 8 + 4 + 4

const binaryBatch = (rows: readonly Stored[]): Buffer => {
  const size = rows.reduce((sum, { vector }) => sum + FIXED + 4 * vector.length, 0)
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const { id, version, vector } of rows) {
    at = bytes.writeInt16BE(3, at)
    at = bytes.writeInt32BE(8, at)
    at = bytes.writeBigInt64BE(BigInt(id), at)
    at = bytes.writeInt32BE(4, at)
    at = bytes.writeInt32BE(version, at)
    at = bytes.writeInt32BE(4 + 4 * vector.length, at)
    at = bytes.writeInt16BE(vector.length, at)
    at = bytes.writeInt16BE(0, at)
    for (let i = 0; i < vector.length; i++) at = bytes.writeFloatBE(vector[i]!, at)
  }
  return bytes
}

/**
 * Runs `COPY … FROM STDIN`, no faster than the socket takes it. Rejects with the server's error, or with that of the chunks,
 * of which the server then keeps nothing.
 */
export const copyIn = (
  client: Client | PoolClient,
  text: string,
  chunks: AsyncIterable<Buffer>,
): Promise<void> =>
  new Promise((resolve, reject) => {
    let failed = false
    let why: unknown
    const fail = (error: unknown) => {
      failed = true
      why ??= error
      reject(why)
    }
    const feed = async (wire: Wire): Promise<void> => {
      try {
        for await (const chunk of chunks) {
          if (failed) return
          wire.sendCopyFromChunk(chunk)
          if (wire.stream.writableNeedDrain)
            await Promise.race([once(wire.stream, 'drain'), once(wire.stream, 'close')])
        }
        wire.endCopyFrom()
      } catch (error) {
        why ??= error
        if (!wire.stream.destroyed) wire.sendCopyFail('the rows could not be made')
        else fail(error)
      }
    }
    const statement = {
      submit: (wire: Wire) => wire.query(text),
      handleCopyInResponse: (wire: Wire) => void feed(wire),
      handleRowDescription: () => {},
      handleDataRow: () => {},
      handleCommandComplete: () => {},
      handleError: fail,
      handleReadyForQuery: () => resolve(),
    }
    client.query(statement as unknown as Parameters<typeof client.query>[0])
  })
