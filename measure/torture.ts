/** `npm run torture [-- kills [seed]]`: kills the in-house server by SIGKILL hundreds of times under load and checks every acknowledged write. */
import { killAgainAndAgain } from '../adapters/hnsw/store/kill.fixture.ts'
import { withFolder } from '../adapters/hnsw/store/store.fixture.ts'

const [kills = 300, seed = 1 + Math.floor(Math.random() * 1e6)] = process.argv.slice(2).map(Number)
console.log(`seed ${seed}`)
await withFolder(async (dir) => {
  const done = await killAgainAndAgain(dir, kills, seed, console.log)
  console.log(
    `${done.kills} kills, ${done.acknowledged} acknowledged changes: all there, no deleted row`,
  )
})
