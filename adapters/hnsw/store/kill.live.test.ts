import { test } from 'node:test'
import { killAgainAndAgain } from './kill.fixture.ts'
import { withFolder } from './store.fixture.ts'

test('a server killed at any instant has every acknowledged write and no deleted row', (t) =>
  withFolder(async (dir) => {
    const seed = 1 + Math.floor(Math.random() * 1e6)
    const { kills, acknowledged } = await killAgainAndAgain(dir, 10, seed)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${acknowledged} acknowledged`)
  }))

for (const sync of ['5', 'never']) {
  test(`so has one with --sync ${sync}: only the end of the machine would lose what is written`, () =>
    withFolder(async (dir) => {
      await killAgainAndAgain(dir, 3, 1, undefined, sync)
    }))
}
