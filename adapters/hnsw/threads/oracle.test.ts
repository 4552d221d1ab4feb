import { test } from 'node:test'
import { type Rng, stream } from '../../../harness/model/index.ts'
import { type Client, createClient } from '../client.ts'
import { portOf, withService } from '../service.fixture.ts'
import { empty, IDS, OPTIONS, search, type Told, toldOf, write } from './oracle.fixture.ts'

const WRITERS = 6
const SEARCHERS = 6
const WRITES = 120

/** Several writers with ids of their own, searchers by name and by an alias that moves, and one who empties the collections. */
const play = async (client: Client, url: string, seed: number): Promise<void> => {
  const told = ['a', 'b'].map((name) => toldOf(client, name))
  for (const { name } of told) await client.create(name, OPTIONS)
  await client.alias('live', 'a')
  /** Where the alias may point. */
  let live: readonly Told[] = [told[0]!]
  let writing = WRITERS
  const writer = async (number: number, draw: Rng): Promise<void> => {
    for (let version = 1; version <= WRITES; version++) {
      const drawn = Array.from({ length: 1 + draw.below(4) }, () => draw.below(IDS / WRITERS))
      const ids = [...new Set(drawn)].map((i) => i * WRITERS + number)
      await write(told[draw.below(2)]!, ids, version, draw)
    }
  }
  const searcher = async (draw: Rng): Promise<void> => {
    while (writing > 0) {
      const one = told[draw.below(2)]!
      const [remote, possible] =
        draw.below(3) === 0 ? [client.collection('live'), () => live] : [one.remote, () => [one]]
      await search(remote, possible, draw)
    }
  }
  const changer = async (draw: Rng): Promise<void> => {
    while (writing > 0) {
      const [from, to] = [live[0]!, told.find((one) => one !== live[0])!]
      live = [from, to]
      await client.alias('live', to.name)
      live = [to]
      // Not the one that the alias stands for: it would go with it.
      await empty(from, client, url, draw.below(2) === 0)
      for (let i = 0; i < 20 && writing > 0; i++) await to.remote.count()
    }
  }
  await Promise.all([
    ...Array.from({ length: WRITERS }, (_, i) =>
      writer(i, stream(seed, 'writer', i)).finally(() => writing--),
    ),
    ...Array.from({ length: SEARCHERS }, (_, i) => searcher(stream(seed, 'searcher', i))),
    changer(stream(seed, 'changer')),
  ])
}

for (const searchers of [0, 2]) {
  test(`under load every answer is one that can be true (${searchers} threads that search)`, (t) =>
    withService(
      async (_, __, server) => {
        const seed = 1 + Math.floor(Math.random() * 1e6)
        t.diagnostic(`seed ${seed}`)
        const url = `http://127.0.0.1:${portOf(server)}`
        const client = createClient(url, 16)
        await play(client, url, seed)
        await client.close()
      },
      { searchers },
    ))
}
