import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { z } from 'zod'
import { broughtTo } from './adapters/brought.ts'
import { skipLive } from './adapters/live.fixture.ts'

const FILE = 'docker-compose.yml'
const ENGINES = ['pgvector', 'qdrant', 'milvus']
const GIB_EACH = 8

/** A whole version, or a dated release; `latest` is none. */
const PINNED = /^[a-z0-9./-]+:(?:v?\d+\.\d+\.\d+(?:-pg\d+)?|RELEASE\.\d{4}-[\dTZ-]+)$/
const LOOPBACK = /^127\.0\.0\.1:\d+:\d+$/

const service = z.looseObject({
  image: z.string().regex(PINNED),
  profiles: z.array(z.enum([...ENGINES, 'observe'])).length(1),
  ports: z.array(z.string().regex(LOOPBACK)).min(1).optional(),
  mem_limit: z.string().regex(/^\d+g$/),
  healthcheck: z.looseObject({
    test: z.tuple([z.literal('CMD'), z.string()], z.string()),
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
  }),
  depends_on: z
    .record(z.string(), z.strictObject({ condition: z.literal('service_healthy') }))
    .optional(),
})
const services = z.record(z.string(), service)
type Services = z.output<typeof services>
const read = (): Services =>
  services.parse(parse(readFileSync(FILE, 'utf8'), { merge: true }).services)

test('every service has a pinned version, a profile, a health check, a limit of memory, and ports on loopback alone', () => {
  const profiles = Object.values(read()).flatMap(({ profiles }) => profiles)
  assert.deepEqual([...new Set(profiles)], [...ENGINES, 'observe'])
})

test('what a service depends on is in its own profile, and is waited for until healthy', () => {
  const all = read()
  for (const { profiles, depends_on = {} } of Object.values(all))
    for (const name of Object.keys(depends_on)) assert.deepEqual(all[name]?.profiles, profiles)
})

test('each engine has the same memory, its helpers counted with it', () => {
  for (const engine of ENGINES) {
    const limits = Object.values(read())
      .filter(({ profiles }) => profiles.includes(engine))
      .map(({ mem_limit }) => Number.parseInt(mem_limit, 10))
    assert.equal(
      limits.reduce((sum, each) => sum + each),
      GIB_EACH,
      engine,
    )
  }
})

test('Prometheus asks only services that are there, and Grafana asks Prometheus', () => {
  const all = read()
  const { scrape_configs } = parse(readFileSync('grafana/prometheus.yml', 'utf8'))
  for (const { job_name, static_configs } of scrape_configs) {
    const [host] = static_configs[0].targets[0].split(':')
    assert.ok(host === '127.0.0.1' ? job_name === 'prometheus' : host in all, host)
  }
  const provisioned = readFileSync('grafana/provisioning/datasources/prometheus.yml', 'utf8')
  assert.equal(parse(provisioned).datasources[0].url, 'http://prometheus:9090')
})

test('the pages name profiles that there are, and ports that are published', () => {
  const all = Object.values(read())
  const profiles = new Set(all.flatMap(({ profiles }) => profiles))
  const ports = new Set(all.flatMap(({ ports = [] }) => ports.map((port) => port.split(':')[1])))
  const page = readFileSync('docs/comparison.md', 'utf8')
  for (const text of [
    page,
    ...['postgres', 'qdrant', 'milvus'].map((name) => readFileSync(`docs/${name}.md`, 'utf8')),
  ])
    for (const [, profile] of text.matchAll(/--profile (\w+)/g))
      assert.ok(profiles.has(profile!), profile)
  for (const [, port] of page.matchAll(/127\.0\.0\.1:(\d+)/g)) assert.ok(ports.has(port), port)
})

/** Docker's own plugin, else the program alone, else what `npm run servers -- compose` brought; null: none. */
const composeCommand = (): readonly [string, ...string[]] | null => {
  const brought = `${broughtTo('compose')}/compose/docker-compose`
  const ways = [['docker', 'compose'], ['docker-compose'], [brought]] as const
  const works = ([file, ...words]: (typeof ways)[number]) =>
    spawnSync(file, [...words, 'version'], { stdio: 'ignore' }).status === 0
  return ways.find(works) ?? null
}
const compose = composeCommand()
const skip = skipLive(
  'compose',
  compose ? null : 'there is no Docker Compose here: npm run servers -- compose brings one',
)

test('Docker Compose takes the file: all of it, and each profile alone', { skip }, () => {
  assert.ok(compose, 'npm run servers -- compose brings it')
  const [file, ...words] = compose
  for (const profile of [...ENGINES, 'observe', '*']) {
    const asked = [...words, '--file', FILE, '--profile', profile, 'config', '--format', 'json']
    const { status, stdout, stderr } = spawnSync(file, asked, { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(stderr, '', 'nor does it warn')
    const taken = Object.keys(JSON.parse(stdout).services)
    const meant = Object.entries(read()).filter(
      ([, { profiles }]) => profile === '*' || profiles.includes(profile),
    )
    assert.deepEqual(taken.sort(), meant.map(([name]) => name).sort())
  }
})

test('a file that breaks the schema is refused', { skip }, () => {
  assert.ok(compose)
  const [file, ...words] = compose
  const input = readFileSync(FILE, 'utf8').replace('mem_limit', 'memory_limit')
  const { status, stderr } = spawnSync(
    file,
    [...words, '--file', '-', '--profile', '*', 'config'],
    { input, encoding: 'utf8' },
  )
  assert.equal(status, 1)
  assert.match(stderr, /memory_limit/)
})
