/**
 * `node measure/server/index.ts [rows [threads]]`: searches over HTTP with binary bodies, 128 dimensions, ef 64, k 10. First as many as several
 * connections can ask, against the processor time of the server; then at half of 8,000 a second, evenly due, from the due instant to
 * the answer. Each of these rounds tells how long who asks stood still itself, how much of the processors the host gave to others (`/proc/stat`),
 * and how long the server could run and had no processor (`schedstat`): what came due then is late by no fault of the server's. There are rounds until five were quiet, or thirty; the median of the quiet ones
 * and that of all. Then fewer a second while a fifth of the rows is replaced and the tombstones are taken out. `threads` search beside the one that has the
 * connections; 0 if not given.
 */
import { setPriority } from 'node:os'
import { setFlagsFromString } from 'node:v8'
import { queryBody, rowsBody } from '../../adapters/hnsw/wire.ts'
import { SETS } from '../engine/sets.ts'
import { machine, median } from '../machine.ts'
import { type Paced, paced, quantile, told } from './paced.ts'
import { serveCollection } from './served.ts'
import { type Connection, open, requestBytes } from './sockets.ts'

const DIMENSIONS = 128
const [ROWS = 100_000, THREADS = 0] = process.argv.slice(2).map(Number)
const SEARCHES = 20_000
const ROUNDS = 5
const MOST_ROUNDS = 30
/** Processors that the host may take away in a round that counts as quiet: 25 ms of its five seconds. */
const QUIET = 0.005
const BAR = 8000
/** Searches a second beside a writer: with more, who asks would be the third that wants a core of its own, of perhaps two. */
const BESIDE = 2000
const CONNECTIONS = 16

const points = SETS.iso128(ROWS + Math.ceil(ROWS / 5) + 1, 1000, 5)

/** The vectors of the set from `from` to `to`, as rows 0, 1, … */
const load = async (connection: Connection, from: number, to: number): Promise<void> => {
  for (let at = from; at < to; at += 1000) {
    const vectors = points.rows.slice(at, Math.min(at + 1000, to))
    const rows = vectors.map((vector, i) => ({ id: at - from + i, version: 0, vector }))
    await connection.ask(requestBytes('/collections/a/bulk', rowsBody(rows, DIMENSIONS)))
  }
}

/** A sample of /metrics. */
const metric = async (url: string, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  )
}

/** Every connection asks as soon as it is answered. Searches a second of the server's processor time. */
const flatOut = async (connections: readonly Connection[], url: string): Promise<number> => {
  const before = await metric(url, 'process_cpu_seconds_total')
  let asked = 0
  const ask = async (connection: Connection): Promise<void> => {
    while (asked < SEARCHES) await connection.ask(queries[asked++ % queries.length]!)
  }
  await Promise.all(connections.map(ask))
  return SEARCHES / ((await metric(url, 'process_cpu_seconds_total')) - before)
}

const middle = (rounds: readonly Paced[]): string =>
  `${median(rounds.map((round) => quantile(round, 0.99))).toFixed(2)} ms of ${rounds.length} rounds`

const queries = points.queries.map((query) =>
  requestBytes('/collections/a/search', queryBody(query, 10, 64)),
)
const served = await serveCollection({ threads: THREADS }, DIMENSIONS)
const pacedAt = (connections: readonly Connection[], rate: number): Promise<Paced> =>
  paced(served, connections, queries, rate, SEARCHES)
// What asks spins, on one of perhaps two cores: the server, which is there already and so inherits none of it, goes before it, and one thread collects its garbage.
if (process.platform === 'linux') setPriority(0, 5)
setFlagsFromString('--no-parallel-scavenge')
try {
  const { url, port } = served
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => open(port)))
  const [first, ...others] = connections as [Connection, ...Connection[]]
  await load(first, 0, ROWS)
  console.log(`${machine()}; ${ROWS} rows, ${CONNECTIONS} connections, ${THREADS} threads`)

  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const rate = await flatOut(connections, url)
    if (round > 0) rates.push(rate)
    console.log(
      `${round ? `round ${round}` : 'warm-up'}: ${rate.toFixed(0)} searches/s of processor time`,
    )
  }
  console.log(`median ${median(rates).toFixed(0)} searches/s on one core (bar ${BAR})`)
  const rounds: Paced[] = []
  const quiet = () => rounds.filter(({ stolen }) => stolen <= QUIET)
  console.log(`at ${BAR / 2} searches/s, warm-up: ${told(await pacedAt(connections, BAR / 2))}`)
  while (quiet().length < ROUNDS && rounds.length < MOST_ROUNDS) {
    const round = await pacedAt(connections, BAR / 2)
    rounds.push(round)
    console.log(`at ${BAR / 2} searches/s, round ${rounds.length}: ${told(round)}`)
  }
  console.log(
    `at ${BAR / 2} searches/s: median p99 ${quiet().length < ROUNDS ? 'unknown, the host was never quiet for long' : `${middle(quiet())} with at most ${QUIET} processors stolen`} (bar 2 ms); ${middle(rounds)} in all`,
  )
  const compactions = await metric(url, 'hnsw_compactions_total')
  const churn = load(first, ROWS, points.rows.length)
  console.log(`at ${BESIDE} searches/s beside replacements: ${told(await pacedAt(others, BESIDE))}`)
  await churn
  while ((await metric(url, 'hnsw_compactions_total')) === compactions)
    await pacedAt(others, BESIDE)
  const text = await (await fetch(`${url}/metrics`)).text()
  console.log(
    text
      .split('\n')
      .filter((line) => /^hnsw_(compaction_slice|apply|event_loop_delay|thread_busy)/.test(line))
      .join('\n'),
  )
  for (const connection of connections) connection.close()
} finally {
  await served.end()
}
