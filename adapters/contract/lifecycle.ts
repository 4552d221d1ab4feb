import type { Engine, Hit } from '../../harness/model/index.ts'
import { type Bench, collectionOf, having, printed } from './bench.ts'
import { claim, rejection, unsupported, waitedFor } from './claim.ts'
import { rowOf, rowsOf, vectorOf } from './rows.ts'
import type { Case } from './table.ts'

const PLANS = ['index', 'exact', 'partial']

/** Two collections, an alias at the first, and an engine that follows the alias. */
const openAlias = async (bench: Bench, swap: (alias: string, name: string) => Promise<void>) => {
  const names = [bench.name(), bench.name()] as const
  for (const [i, name] of names.entries()) {
    const engine = await bench.open({ name })
    await bench.fill(engine, [rowOf(10 + i, 0)])
  }
  const alias = bench.name()
  await swap(alias, names[0])
  return { names, alias, engine: await bench.open({ name: alias }) }
}

/** Writes on every connection without pause; a lane ends with its first rejection. */
const writeUntilRejected = (
  engine: Engine,
  lanes: number,
  signal: AbortSignal,
  acked: () => void,
) =>
  Array.from({ length: lanes }, async (_, lane): Promise<never> => {
    for (;;) {
      await engine.upsert([rowOf(lane, 0)], signal)
      acked()
    }
  })

/** Collections, aliases and servers: opened, shared, swapped, dropped, killed. */
export const lifecycle: readonly Case[] = [
  {
    name: 'two engines on one collection see the same rows',
    run: async (bench) => {
      const name = bench.name()
      const writer = await bench.open({ name })
      const reader = await bench.open({ name })
      await bench.fill(writer, rowsOf(5))
      const isMet = (hits: readonly Hit[]) => hits.length === 5
      await bench.see(reader, { vector: vectorOf('query', 0), k: 10, expected: 'five rows', isMet })
    },
  },
  {
    name: 'collections do not mix',
    run: async (bench) => {
      const first = await bench.open()
      const second = await bench.open()
      await bench.fill(first, rowsOf(5))
      const hits = await second.search(vectorOf('query', 0), 10, bench.signal())
      claim(hits.length === 0, `rows of another collection were returned: ${printed(hits)}`)
    },
  },
  {
    name: 'rows outlive the engine that wrote them',
    run: async (bench) => {
      const name = bench.name()
      const writer = await bench.open({ name })
      await bench.fill(writer, rowsOf(5))
      await bench.close(writer)
      const isMet = (hits: readonly Hit[]) => hits.length === 5
      const question = { vector: vectorOf('query', 0), k: 10, expected: 'five rows', isMet }
      await bench.see(await bench.open({ name }), question)
    },
  },
  {
    name: 'a dropped collection is empty when opened again',
    run: async (bench) => {
      const { adapter, options } = bench
      if (!adapter.drop) throw unsupported('the adapter has no drop')
      const name = bench.name()
      const engine = await bench.open({ name })
      await bench.fill(engine, rowsOf(5))
      await bench.close(engine)
      await adapter.drop(options, name)
      const again = await bench.open({ name })
      const hits = await again.search(vectorOf('query', 0), 10, bench.signal())
      claim(hits.length === 0, `the collection was dropped; a search returned ${printed(hits)}`)
    },
  },
  {
    name: 'swap moves an alias in one step',
    run: async (bench) => {
      const { adapter, options } = bench
      if (!adapter.swap) throw unsupported('the adapter has no swap')
      const swap = adapter.swap.bind(adapter, options)
      const { names, alias, engine } = await openAlias(bench, swap)
      const search = () => engine.search(vectorOf('query', 0), 10, bench.signal())
      const before = await search()
      claim(before[0]?.id === 10, `the alias is at row 10; a search returned ${printed(before)}`)
      const swapped = swap(alias, names[1])
      const during = await Promise.all(Array.from({ length: 20 }, search))
      await swapped
      const odd = during.find((hits) => hits.length !== 1 || ![10, 11].includes(hits[0]!.id))
      claim(odd === undefined, `while the alias moved a search returned ${printed(odd ?? [])}`)
      const after = await search()
      claim(after[0]?.id === 11, `the alias is at row 11; a search returned ${printed(after)}`)
    },
  },
  {
    name: 'stats are numbers',
    run: async (bench) => {
      const engine = having(await bench.open(), 'stats')
      await bench.fill(engine, rowsOf(5))
      const stats = Object.entries(await engine.stats())
      const odd = stats.find(([, value]) => typeof value !== 'number' || Number.isNaN(value))
      claim(odd === undefined, `the gauge ${odd?.[0]} is ${odd?.[1]}`)
      return stats.map(([name]) => name).join(', ')
    },
  },
  {
    name: 'plan says who answered',
    run: async (bench) => {
      const engine = having(await bench.open(), 'plan')
      await bench.fill(engine, rowsOf(5))
      const plan = await engine.plan()
      claim(PLANS.includes(plan), `plan says "${plan}", which is none of ${PLANS.join(', ')}`)
      return plan
    },
  },
  {
    name: 'describe gives flat facts',
    run: async (bench) => {
      const at = collectionOf(bench.name())
      const facts = Object.entries(await bench.adapter.describe(bench.options, at))
      const odd = facts.find(([, value]) => typeof value === 'object' && value !== null)
      claim(facts.length > 0, 'describe says nothing')
      claim(odd === undefined, `the fact ${odd?.[0]} is no plain value`)
      return facts.map(([name, value]) => `${name} ${value}`).join(', ')
    },
  },
  {
    name: 'parse names an option that it does not know',
    run: async (bench) => {
      const parse = async () => bench.adapter.parse({ no_such_option: 1 })
      const { message } = await rejection('parse of an unknown option', parse(), bench.patience)
      claim(message.includes('no_such_option'), `the error does not name the option: ${message}`)
    },
  },
  {
    name: 'a write that meets a killed server is unknown',
    run: async (bench) => {
      const { adapter, clock, launch, patience } = bench
      if (!adapter.launch || !launch) throw unsupported('no server was launched to be killed')
      const server = await adapter.launch(launch.dir, launch.options)
      try {
        const { pid } = server
        if (pid === undefined) throw unsupported('the launched server tells no process id')
        const engine = await adapter.open(server.options, collectionOf(bench.name()), clock)
        const kill = () => process.kill(pid, 'SIGKILL')
        const lanes = writeUntilRejected(engine, 4, AbortSignal.timeout(2 * patience), once(kill))
        const errors = await Promise.all(
          lanes.map((lane) => rejection('a write to a killed server', lane, patience)),
        )
        // Where the server's other processes answer for a moment more, every write may end before the kill, and the next find nobody.
        claim(
          errors.some(({ outcome }) => outcome !== 'fail') || errors.every(isNobodyThere),
          `writes under way when the server was killed say fail: ${errors[0]!.message}`,
        )
        const search = engine.search(vectorOf('query', 0), 10, bench.signal())
        await rejection('a search of a killed server', search, patience)
        await waitedFor('close', engine.close(), patience)
      } finally {
        await waitedFor('stop of a killed server', server.stop(), patience)
      }
    },
  },
]

const once = (act: () => void): (() => void) => {
  let done = false
  return () => {
    if (done) return
    done = true
    act()
  }
}

/** The connection was refused: nothing was sent, so nothing can have happened. */
const isNobodyThere = (error: Error): boolean => {
  const { cause } = error as { cause?: { code?: string } }
  return cause?.code === 'ECONNREFUSED'
}
