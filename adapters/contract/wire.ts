import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine, Stored } from '../../harness/model/index.ts'
import { addressesOf, movedTo } from './address.ts'
import { type Bench, collectionOf } from './bench.ts'
import { claim, rejection, unsupported } from './claim.ts'
import { rowOf, rowsOf, vectorOf } from './rows.ts'
import type { Case } from './table.ts'
import { openTap, type Tap } from './tap.ts'

/** For how long, in ms, an answer is watched for that cannot come: the server was never asked. */
const WATCH = 100

/** An engine whose every byte passes through a tap; five rows are stored and seen. */
const throughTap = async (
  bench: Bench,
  act: (engine: Engine, tap: Tap, rows: readonly Stored[]) => Promise<void>,
): Promise<void> => {
  const [address, another] = addressesOf(bench.options)
  if (!address) throw unsupported('the options name no address whose wire could be cut')
  if (another) throw unsupported('the options name several addresses: which wire to cut is unclear')
  const tap = await openTap(address)
  try {
    const options = movedTo(bench.options, tap)
    const engine = await bench.adapter.open(options, collectionOf(bench.name()), bench.clock)
    try {
      const rows = rowsOf(5)
      await bench.fill(engine, rows)
      await act(engine, tap, rows)
    } finally {
      tap.release()
      await engine.close()
    }
  } finally {
    await tap.close()
  }
}

/** Fails if the request is answered while the server cannot have been asked; then lets it go on. */
const waitsForServer = async (
  what: string,
  tap: Tap,
  request: () => Promise<unknown>,
): Promise<void> => {
  tap.hold()
  const pending = request()
  const early = await Promise.race([pending.then(() => true), sleep(WATCH, false)])
  tap.release()
  claim(!early, `${what} was answered while nothing that the adapter sent had reached the server`)
  await pending
}

/** What passes between an adapter and its server: everything asked is asked there, once. */
export const wire: readonly Case[] = [
  {
    name: 'a write is not acknowledged before the server has it',
    run: (bench) =>
      throughTap(bench, async (engine, tap) => {
        const { signal } = bench
        await waitsForServer('an upsert', tap, () => engine.upsert([rowOf(7, 0)], signal()))
        await waitsForServer('a delete', tap, () => engine.delete([7], signal()))
      }),
  },
  {
    name: 'a search is answered by the server, also when it was asked before',
    run: (bench) =>
      throughTap(bench, async (engine, tap, rows) => {
        for (const vector of [vectorOf('query', 0), rows[0]!.vector]) {
          const search = () => engine.search(vector, 3, bench.signal())
          await search()
          await waitsForServer('a search', tap, search)
        }
      }),
  },
  {
    name: 'a request whose connection is cut is rejected, and not sent again',
    run: (bench) =>
      throughTap(bench, async (engine, tap) => {
        const requests: [string, () => Promise<unknown>][] = [
          ['an upsert', () => engine.upsert([rowOf(7, 0)], bench.signal())],
          ['a delete', () => engine.delete([0], bench.signal())],
          ['a search', () => engine.search(vectorOf('query', 0), 3, bench.signal())],
        ]
        for (const [name, request] of requests) {
          const before = tap.cuts()
          tap.cut()
          await rejection(`${name} whose connection was cut`, request(), bench.patience)
          claim(tap.cuts() === before + 1, `${name} was rejected without having been sent`)
        }
      }),
  },
  {
    name: 'a write whose answer is cut off is unknown, not failed',
    run: (bench) =>
      throughTap(bench, async (engine, tap) => {
        tap.cutAnswer()
        const upsert = engine.upsert([rowOf(7, 0)], bench.signal())
        const error = await rejection('an upsert whose answer was cut off', upsert, bench.patience)
        claim(error.outcome !== 'fail', `it happened, and the adapter says fail: ${error.message}`)
      }),
  },
]
