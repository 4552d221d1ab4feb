/**
 * `npm run measure:engine [-- --small]`: the in-house engine beside hnswlib-node and usearch, in one process, in turns; CPU time of the process,
 * medians of rounds, and of a ratio what each round says of both. `--small` is a quick look at a fifth of the rows, whose figures are held against the same bars.
 */
import { spawnSync } from 'node:child_process'
import { machine } from '../machine.ts'
import { beside } from './beside.ts'
import { type Contender, hnswlib, loadPeers, ours, usearch } from './contender.ts'
import { drift, insertP99, longestStep, replacements, tombstoneCost } from './life.ts'
import { SETS, type SetName } from './sets.ts'
import { insertRatio, type Speed, searchRatio, speeds } from './speed.ts'

const isSmall = process.argv.includes('--small')
const ROWS = { iso128: 100_000, lr128: 100_000, lr768n: 50_000 }
const QUERIES = 1000
/** Odd, for a median; so many because a host may slow all that runs for a minute. */
const ROUNDS = 9
const scaled = (rows: number): number => (isSmall ? rows / 5 : rows)
const names = Object.keys(SETS) as SetName[]

console.log(`${machine()}${isSmall ? '; small' : ''}`)
const peers = loadPeers()

const bars: string[] = []
const bar = (what: string, value: string, limit: string, isMet: boolean): void => {
  bars.push(`| ${what} | ${value} | ${limit} | ${isMet ? 'met' : 'MISSED'} |`)
}
const atLeast = (what: string, value: number, least: number): void =>
  bar(what, `${value.toFixed(2)}×`, `≥ ${least}×`, value >= least)

const compare = (name: SetName): void => {
  const rows = scaled(ROWS[name])
  const set = SETS[name](rows, QUERIES, 1)
  const contenders = [
    ours(set.dimensions),
    ...(peers.hnswlib ? [hnswlib(peers.hnswlib, set.dimensions, rows)] : []),
    ...(peers.usearch ? [usearch(peers.usearch, set.dimensions)] : []),
  ] as Contender[]
  const [own, ...others] = speeds(set, contenders, ROUNDS)
  console.log(`\n${name}, ${rows} rows: recall / searches a second at ef`)
  for (const speed of [own!, ...others]) console.log(lineOf(speed))
  const least = set.dimensions === 768 ? 3.5 : 3
  for (const other of others) {
    for (const recall of [0.95, 0.99]) {
      atLeast(`${name}: QPS at ${recall} vs ${other.name}`, searchRatio(own!, other, recall), least)
    }
    if (other.name !== 'hnswlib-node') continue
    atLeast(`${name}: inserts vs ${other.name}`, insertRatio(own!, other), 3)
    const gap = Math.min(...own!.at.map(({ recall }, i) => recall - other.at[i]!.recall))
    bar(`${name}: recall at equal ef`, gap.toFixed(4), '≥ −.002', gap >= -0.002)
  }
}

const lineOf = ({ name, inserts, at }: Speed): string => {
  const points = at.map(({ ef, recall, qps }) => `${ef}: ${recall.toFixed(4)}/${qps.toFixed(0)}`)
  return `${name.padEnd(13)} ${inserts.toFixed(0)} inserts/s  ${points.join('  ')}`
}

const life = (): void => {
  const set = SETS.iso128(scaled(100_000), QUERIES, 1)
  const p99 = insertP99(set, 3)
  bar('insert p99, 128-d (least of 3 equal builds)', `${p99.toFixed(0)} µs`, '≤ 200 µs', p99 <= 200)
  const step = longestStep(set, 3)
  bar('longest step of a compaction', `${step.toFixed(1)} ms`, '≤ 5 ms', step <= 5)
  const cost = tombstoneCost(set, 5)
  bar('search at 10 % tombstones', `${cost.toFixed(2)}×`, '≤ 1.25×', cost <= 1.25)
  if (peers.hnswlib) {
    const live = scaled(60_000)
    const rates = replacements(SETS.iso128(live * 1.5, 1, 1), live, peers.hnswlib)
    console.log(
      `\nreplacements/s: ${rates.ours.toFixed(0)}, of hnswlib-node ${rates.peer.toFixed(0)}`,
    )
    atLeast('replacements/s vs replaceDeleted', rates.ours / rates.peer, 4)
  }
  const bytes = Number(
    spawnSync(process.execPath, ['--expose-gc', 'measure/engine/memory.ts', `${scaled(100_000)}`], {
      encoding: 'utf8',
    }).stdout,
  )
  bar('memory a vector, 128-d', `${bytes.toFixed(0)} bytes`, '≤ 900', bytes <= 900)
}

const drifts = (name: SetName): void => {
  const live = scaled(20_000)
  const runs = [1, 2, 3].map((seed) => drift(SETS[name](11 * live, QUERIES, seed), live, seed))
  const gap = runs.reduce((sum, run) => sum + run.churned - run.rebuilt, 0) / runs.length
  const pairs = runs.map((run) => `${run.churned.toFixed(4)} (${run.rebuilt.toFixed(4)})`)
  console.log(`\n${name}: recall at ef 32 after 10 churns (rebuilt), 3 seeds: ${pairs.join(', ')}`)
  bar(`${name}: recall after 10 churns − rebuild`, gap.toFixed(4), '≥ −.005', gap >= -0.005)
}

const readerBesideWriter = async (): Promise<void> => {
  const { alone, together, share, writes } = await beside(scaled(50_000), QUERIES, 9)
  console.log(
    `\na reader alone: ${alone.toFixed(0)} searches/s at ef 64; beside ${writes.toFixed(0)} inserts/s: ${together.toFixed(0)}`,
  )
  bar('reader beside a flat-out writer', share.toFixed(2), '≥ .80 of alone', share >= 0.8)
}

for (const name of names) compare(name)
life()
await readerBesideWriter()
for (const name of names) drifts(name)
console.log('\n| | value | bar | |\n|---|---|---|---|')
for (const line of bars) console.log(line)
console.log(
  '\nNot measured here: the server (`node measure/server/index.ts`, `node measure/durable.ts`).',
)
