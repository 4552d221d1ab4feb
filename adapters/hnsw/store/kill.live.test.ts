import { test } from 'node:test'
import { killAgainAndAgain } from './kill.fixture.ts'
import { withFolder } from './store.fixture.ts'

test('a server killed at any instant has every acknowledged write and no deleted row', (t) =>
  withFolder(async (dir) => {
    const seed = 1 + Math.floor(Math.random() * 1e6)
    const { kills, acknowledged } = await killAgainAndAgain(dir, 10, seed)
    t.diagnostic(`seed ${seed}: ${kills} kills, ${acknowledged} acknowledged`)
  }))

test('so has one that never fsyncs: only the end of the machine would lose what is written', () =>
  withFolder(async (dir) => {
    await killAgainAndAgain(dir, 3, 1, undefined, 'never')
  }))
