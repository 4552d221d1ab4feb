import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Rng, stream } from '../../../harness/model/index.ts'
import { LEAST_ROWS } from './image.ts'

export const ENTRY = fileURLToPath(new URL('../server.ts', import.meta.url))

export interface Running {
  readonly child: ChildProcess
  readonly url: string
  readonly ask: (method: string, path: string, body?: object) => Promise<Reply>
}
export interface Reply {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON the server sent
  readonly json: any
}

/** Starts a server of its own process on the folder; throws what it complains of where it does not start. */
export const startServer = async (dir: string, ...more: string[]): Promise<Running> => {
  const child = spawn(process.execPath, [ENTRY, '--data', dir, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (text) => {
    complaint += text
  })
  const ended = once(child, 'close').then(() => null)
  const ready = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { url: string; ready: boolean }
      if (said.ready) resolve(said.url)
    })
  })
  const url = await Promise.race([ready, ended])
  if (url === null) throw new Error(complaint.trim())
  const ask: Running['ask'] = async (method, path, body) => {
    const reply = await fetch(url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: reply.status, json: await reply.json() }
  }
  return { child, url, ask }
}

export const endServer = async ({ child }: Running, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'close')
  child.kill(signal)
  await ended
}

const WRITERS = 6
const IDS = 60
const ABSENT = -1
/** Rows behind those that nobody changes: so many that checkpoints write an image of the graph. */
const STILL = LEAST_ROWS

/** What may be true of everything that was written: one state where it was acknowledged, more while it is asked for. */
interface Expected {
  /** Versions of each id. */
  readonly rows: number[][]
  /** Where the alias points. */
  alias: string[]
  /** Is the collection that comes and goes there? */
  passing: boolean[]
  version: number
  acknowledged: number
}

export interface Killed {
  readonly kills: number
  /** Requests that changed something and were acknowledged. */
  readonly acknowledged: number
}

/**
 * Writes with several connections to a server on `dir`, kills it by SIGKILL at a drawn instant, starts it again, and holds all it
 * has against what it acknowledged; `kills` times on the same folder. Segments are small: kills meet checkpoints too.
 */
export const killAgainAndAgain = async (
  dir: string,
  kills: number,
  seed: number,
  say: (line: string) => void = () => {},
  sync = 'always',
): Promise<Killed> => {
  const draw = stream(seed, 'kills')
  const expected: Expected = {
    rows: Array.from({ length: IDS + STILL }, (_, id) => [id < IDS ? ABSENT : 1]),
    alias: [''],
    passing: [false],
    version: 0,
    acknowledged: 0,
  }
  const start = () => startServer(dir, '--segment', '3000', '--sync', sync)
  let server = await start()
  for (const name of ['a', 'b']) await server.ask('PUT', `/collections/${name}`, PLAIN)
  const still = Array.from({ length: STILL }, (_, i) => i + IDS)
  const rows = still.map((id) => ({ id, version: 1, vector: [id, 1] }))
  await server.ask('POST', '/collections/a/upsert', { rows })
  try {
    for (let kill = 1; kill <= kills; kill++) {
      await writeUntilKilled(server, expected, draw)
      server = await start()
      await check(server, expected, `seed ${seed}, kill ${kill}`)
      if (kill % 50 === 0) say(`${kill} kills, ${expected.acknowledged} acknowledged`)
    }
  } finally {
    await endServer(server, 'SIGTERM')
  }
  return { kills, acknowledged: expected.acknowledged }
}

const PLAIN = { dimensions: 2, metric: 'l2', m: 8, efConstruction: 32 }

const writeUntilKilled = async (server: Running, expected: Expected, draw: Rng): Promise<void> => {
  let left = 1 + draw.below(150)
  let gone = false
  const killing = once(server.child, 'close')
  const acknowledged = async (): Promise<void> => {
    expected.acknowledged += 1
    left -= 1
    if (left !== 0) return
    for (let turns = draw.below(draw.below(300) + 1); turns > 0; turns--) await turn()
    gone = true
    server.child.kill('SIGKILL')
  }
  /** False once the server is gone. Anything but success is a defect. */
  const change = async (method: string, path: string, body?: object): Promise<boolean> => {
    try {
      const { status, json } = await server.ask(method, path, body)
      const refusedOnce = json.error?.code === 'checkpoint'
      assert.ok(status === 200 || refusedOnce, JSON.stringify(json))
    } catch (error) {
      if (error instanceof TypeError && gone) return false
      throw error
    }
    return true
  }
  const done = { change, acknowledged }
  const writers = Array.from({ length: WRITERS }, (_, w) => writeRows(expected, w, draw, done))
  await Promise.all([...writers, changeNames(expected, draw, done), killing])
}

interface Done {
  change(method: string, path: string, body?: object): Promise<boolean>
  acknowledged(): Promise<void>
}

/** One writer has ids of its own and one request at a time: it knows the order of its writes. */
const writeRows = async (
  { rows, ...expected }: Expected,
  writer: number,
  draw: Rng,
  { change, acknowledged }: Done,
): Promise<void> => {
  for (let version = 1; ; version++) {
    const drawn = Array.from({ length: 1 + draw.below(3) }, () => draw.below(IDS / WRITERS))
    const ids = [...new Set(drawn)].map((i) => i * WRITERS + writer)
    const stored = draw.uniform() < 0.65
    const state = stored ? expected.version + version : ABSENT
    for (const id of ids) rows[id]!.push(state)
    const body = stored
      ? { rows: ids.map((id) => ({ id, version: state, vector: [id, state % 100] })) }
      : { ids }
    if (!(await change('POST', `/collections/a/${stored ? 'upsert' : 'delete'}`, body))) return
    for (const id of ids) rows[id] = [state]
    await acknowledged()
  }
}

/** Moves the alias, and makes and drops a collection. Now and then it asks for a checkpoint: one under way refuses another. */
const changeNames = async (
  expected: Expected,
  draw: Rng,
  { change, acknowledged }: Done,
): Promise<void> => {
  for (;;) {
    if (draw.below(8) === 0 && !(await change('POST', '/checkpoint'))) return
    const target = draw.uniform() < 0.5 ? 'a' : 'b'
    expected.alias.push(target)
    if (!(await change('PUT', '/aliases/live', { collection: target }))) return
    expected.alias = [target]
    await acknowledged()
    const present = expected.passing.at(-1)!
    expected.passing.push(!present)
    const passed = present
      ? await change('DELETE', '/collections/c')
      : await change('PUT', '/collections/c', PLAIN)
    if (!passed) return
    expected.passing = [!present]
    await acknowledged()
  }
}

const check = async ({ ask }: Running, expected: Expected, when: string): Promise<void> => {
  const query = { vector: [0, 0], k: IDS + STILL, ef: 2 * (IDS + STILL) }
  const { json: exact } = await ask('POST', '/collections/a/exact', query)
  const { json: found } = await ask('POST', '/collections/a/search', query)
  const byId = (hits: { id: number }[]) => hits.toSorted((a, b) => a.id - b.id)
  assert.deepEqual(byId(found.hits), byId(exact.hits), `${when}: the graph`)
  const states = Array.from({ length: IDS + STILL }, () => ABSENT)
  for (const { id, version, distance } of exact.hits) {
    assert.equal(states[id], ABSENT, `${when}: row ${id} is there twice`)
    assert.equal(distance, id ** 2 + (version % 100) ** 2, `${when}: vector of row ${id}`)
    states[id] = version
  }
  for (const [id, state] of states.entries()) {
    const possible = expected.rows[id]!
    assert.ok(possible.includes(state), `${when}: row ${id} is ${state}, possible ${possible}`)
    expected.rows[id] = [state]
    expected.version = Math.max(expected.version, ...possible)
  }
  const { collections, aliases } = (await ask('GET', '/collections')).json
  const alias = aliases.live ?? ''
  assert.ok(expected.alias.includes(alias), `${when}: the alias is ${alias}`)
  expected.alias = [alias]
  const passing = collections.includes('c')
  assert.ok(expected.passing.includes(passing), `${when}: is c there? ${passing}`)
  expected.passing = [passing]
}
