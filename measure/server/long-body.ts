/**
 * `node measure/server/long-body.ts [rows]`: how long a row that is upserted alone takes to be answered, over HTTP, while another connection upserts
 * bodies of so many rows, one after the other; and how long these take. 128 dimensions, in memory, 20,000 rows before.
 */
import { setTimeout as after } from 'node:timers/promises'
import { rowsBody } from '../../adapters/hnsw/wire.ts'
import { SETS } from '../engine/sets.ts'
import { machine, median } from '../machine.ts'
import { serveCollection } from './served.ts'
import { type Connection, open, requestBytes } from './sockets.ts'

const DIMENSIONS = 128
const BODIES = 8
const BEFORE = 20_000
/** Milliseconds between an answer and the next row. */
const REST = 1
const ROWS = Number(process.argv[2] ?? 5000)

const { rows } = SETS.iso128(Math.max(ROWS, BEFORE), 1, 1)
const upsertOf = (from: number, count: number): Uint8Array => {
  const vectors = rows.slice(0, count)
  const body = vectors.map((vector, i) => ({ id: from + i, version: 0, vector }))
  return requestBytes('/collections/a/upsert', rowsBody(body, DIMENSIONS))
}
const timed = async (connection: Connection, request: Uint8Array): Promise<number> => {
  const began = performance.now()
  await connection.ask(request)
  return performance.now() - began
}

const served = await serveCollection({}, DIMENSIONS)
try {
  const [long, short] = [await open(served.port), await open(served.port)]
  await long.ask(upsertOf(0, BEFORE))
  const bodies: number[] = []
  const alone: number[] = []
  const upsertBodies = async (): Promise<void> => {
    for (let i = 0; i < BODIES; i++) bodies.push(await timed(long, upsertOf(1e6 + i * ROWS, ROWS)))
  }
  const under = upsertBodies()
  for (let id = BEFORE; bodies.length < BODIES; id++) {
    alone.push(await timed(short, upsertOf(id, 1)))
    await after(REST)
  }
  await under
  alone.sort((a, b) => a - b)
  const told = [0.5, 0.99].map((q) => alone[Math.floor(alone.length * q)]!.toFixed(2))
  console.log(
    `${machine()}; bodies of ${ROWS} rows, median ${median(bodies).toFixed(0)} ms; ${alone.length} rows alone beside them: p50 ${told[0]} ms, p99 ${told[1]} ms`,
  )
  for (const connection of [long, short]) connection.close()
} finally {
  await served.end()
}
