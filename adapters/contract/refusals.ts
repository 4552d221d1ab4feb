import type { Engine, Hit, Stored } from '../../harness/model/index.ts'
import { type Bench, DIMENSIONS, printed } from './bench.ts'
import { claim, rejection } from './claim.ts'
import { rowOf, rowsOf, vectorOf } from './rows.ts'
import type { Case } from './table.ts'

const BAD_NAMES = ['Upper', 'ümlaut', '1digit', 'two words', 'x";--', '', 'a'.repeat(64)]

/** An upsert that must be refused as `fail` and leave nothing behind. */
const refuses = async (bench: Bench, what: string, rows: readonly Stored[]) => {
  const engine = await bench.open()
  await bench.fill(engine, [rowOf(0, 0)])
  const error = await rejection(what, engine.upsert(rows, bench.signal()), bench.patience)
  claim(error.outcome === 'fail', `${what} says outcome ${error.outcome}, not fail`)
  await engine.settle?.(bench.signal())
  const hits = await engine.search(rowOf(0, 0).vector, 10, bench.signal())
  claim(hits.length === 1 && hits[0]!.id === 0, `refused rows are stored: ${printed(hits)}`)
}

const withVector = (id: number, vector: Float32Array): Stored => ({ id, version: 0, vector })

/** Every request that an engine knows. */
const requests = (engine: Engine, signal: AbortSignal): [string, () => Promise<unknown>][] => {
  const { get, exact, count } = engine
  return [
    ['upsert', () => engine.upsert([rowOf(1, 0)], signal)],
    ['delete', () => engine.delete([0], signal)],
    ['search', () => engine.search(vectorOf('query', 0), 10, signal)],
    ...(get
      ? [['get', () => get.call(engine, [0], signal)] as [string, () => Promise<Hit[]>]]
      : []),
    ...(exact
      ? [
          ['exact', () => exact.call(engine, vectorOf('query', 0), 10, signal)] as [
            string,
            () => Promise<Hit[]>,
          ],
        ]
      : []),
    ...(count
      ? [['count', () => count.call(engine, signal)] as [string, () => Promise<number>]]
      : []),
  ]
}

/** What an engine must refuse or give up, and how it says so. */
export const refusals: readonly Case[] = [
  {
    name: 'a collection name outside [a-z][a-z0-9_]{0,62} is refused',
    run: async (bench) => {
      for (const name of BAD_NAMES) {
        await rejection(`open("${name}")`, bench.open({ name }), bench.patience)
      }
    },
  },
  {
    name: 'an upsert of wrong dimension is refused as fail, and nothing is stored',
    run: (bench) =>
      refuses(bench, 'an upsert of wrong dimension', [
        withVector(1, new Float32Array(DIMENSIONS + 1)),
      ]),
  },
  {
    name: 'a vector that is not finite is refused as fail, and nothing is stored',
    run: async (bench) => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const vector = vectorOf('row', 1)
        vector[3] = value
        await refuses(bench, `an upsert of a vector with ${value}`, [withVector(1, vector)])
      }
    },
  },
  {
    name: 'a batch with one bad row stores no row that its error calls refused',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, [rowOf(0, 0)])
      const batch = [rowOf(1, 0), withVector(2, new Float32Array(DIMENSIONS + 1)), rowOf(3, 0)]
      const upsert = engine.upsert(batch, bench.signal())
      const error = await rejection('a batch with one bad row', upsert, bench.patience)
      const refused = error.outcome === 'fail' ? [1, 2, 3] : [2, ...(error.refused ?? [])]
      await engine.settle?.(bench.signal())
      const hits = await engine.search(rowOf(1, 0).vector, 10, bench.signal())
      const stored = hits.filter(({ id }) => refused.includes(id))
      claim(stored.length === 0, `rows called refused are stored: ${printed(stored)}`)
    },
  },
  {
    name: 'a search of wrong dimension is rejected, not answered',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, rowsOf(5))
      const search = engine.search(new Float32Array(DIMENSIONS + 1), 10, bench.signal())
      const error = await rejection('a search of wrong dimension', search, bench.patience)
      claim(error.outcome !== 'unknown', 'a search of wrong dimension says outcome unknown')
    },
  },
  {
    name: 'a closed engine rejects every request',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, [rowOf(0, 0)])
      await bench.close(engine)
      for (const [name, request] of requests(engine, bench.signal())) {
        await rejection(`${name} on a closed engine`, begin(request), bench.patience)
      }
    },
  },
  {
    name: 'a request whose signal was aborted before is rejected',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, [rowOf(0, 0)])
      for (const [name, request] of requests(engine, AbortSignal.abort())) {
        await rejection(`${name} with an aborted signal`, begin(request), bench.patience)
      }
    },
  },
  {
    name: 'a request whose signal is aborted on the way settles, and the engine goes on',
    run: async (bench) => {
      const engine = await bench.open()
      await bench.fill(engine, [rowOf(0, 0)])
      const names = requests(engine, bench.signal()).map(([name]) => name)
      for (const [i, name] of names.entries()) {
        const controller = new AbortController()
        const promise = begin(requests(engine, controller.signal)[i]![1])
        controller.abort(new Error('given up by the suite'))
        await settledWithin(`${name}, aborted on the way,`, promise, bench.patience)
      }
      await bench.fill(engine, [rowOf(5, 0)])
    },
  },
]

/** A request that throws at once is a rejection too. */
const begin = async (request: () => Promise<unknown>): Promise<unknown> => request()

const settledWithin = async (what: string, promise: Promise<unknown>, patience: number) => {
  const settled = promise.then(
    () => {
      throw new Error('it was faster')
    },
    () => {
      throw new Error('it was rejected')
    },
  )
  await rejection(what, settled, patience)
}
