import { readFileSync } from 'node:fs'

/** One question to a server, in the order in which they are asked: each stands on those before it. */
interface Question {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

/** A question with what the server answered. */
export interface Exchange extends Question {
  readonly status: number
  readonly contentType: string | null
  /** Parsed where it is JSON, else text. */
  readonly answer: unknown
}

const C = '/collections/recorded'
const point = (id: number, vector: readonly unknown[]) => ({ id, vector, payload: { version: 7 } })
const put = (name: string, path: string, body: unknown): Question => ({
  name,
  method: 'PUT',
  path,
  body,
})
const post = (name: string, path: string, body: unknown): Question => ({
  ...put(name, path, body),
  method: 'POST',
})
const get = (name: string, path: string): Question => ({ name, method: 'GET', path })
const search = { with_payload: ['version'], with_vector: false }
const create = { vectors: { size: 4, distance: 'Euclid' } }

export const QUESTIONS: readonly Question[] = [
  get('the version', '/'),
  get('ready', '/readyz'),
  get('a collection that is not there', C),
  put('create', C, { ...create, hnsw_config: { full_scan_threshold: 10 } }),
  put('create what is there', C, create),
  put('upsert, waited for', `${C}/points?wait=true`, {
    points: [point(1, [1, 2, 3, 4]), point(2, [4, 3, 2, 1])],
  }),
  put('upsert in columns', `${C}/points?wait=true`, {
    batch: { ids: [3], vectors: [[0, 0, 0, 1]], payloads: [{ version: 7 }] },
  }),
  put('upsert, not waited for', `${C}/points?wait=false`, { points: [point(1, [1, 2, 3, 4])] }),
  put('upsert of a wrong dimension', `${C}/points?wait=true`, { points: [point(5, [1, 2, 3])] }),
  put('upsert of what is no number', `${C}/points?wait=true`, {
    points: [point(5, [1, 2, null, 4])],
  }),
  put('upsert into nothing', '/collections/absent/points?wait=true', {
    points: [point(5, [1, 2, 3, 4])],
  }),
  post('search', `${C}/points/query`, { query: [1, 2, 3, 4], limit: 2, ...search }),
  post('exact search', `${C}/points/query`, {
    query: [1, 2, 3, 4],
    limit: 1,
    params: { exact: true, indexed_only: false },
    ...search,
  }),
  post('search of a wrong dimension', `${C}/points/query`, { query: [1, 2, 3], limit: 2 }),
  post('search for none', `${C}/points/query`, { query: [1, 2, 3, 4], limit: 0 }),
  post('get', `${C}/points`, { ids: [1, 9], ...search }),
  post('count', `${C}/points/count`, { exact: true }),
  post('delete, waited for', `${C}/points/delete?wait=true`, { points: [1, 9] }),
  get('the collection', C),
  get('optimizations', `${C}/optimizations`),
  { ...put('settings', C, { optimizers_config: { deleted_threshold: 0.1 } }), method: 'PATCH' },
  post('alias', '/collections/aliases', {
    actions: [
      { delete_alias: { alias_name: 'live' } },
      { create_alias: { alias_name: 'live', collection_name: 'recorded' } },
    ],
  }),
  post('count by alias', '/collections/live/points/count', { exact: true }),
  { name: 'drop an alias as if a collection', method: 'DELETE', path: '/collections/live' },
  { name: 'drop', method: 'DELETE', path: C },
  { name: 'drop what is not there', method: 'DELETE', path: C },
  post('count by the alias of what is gone', '/collections/live/points/count', { exact: true }),
]

interface Recorded {
  readonly about: string
  readonly exchanges: readonly Exchange[]
  readonly keyless: Exchange
  readonly timedOut: Exchange
}

/** What every server of this version answered on a fresh start. */
export const RECORDED = JSON.parse(
  readFileSync(new URL('./testdata/rest-1.19.0.json', import.meta.url), 'utf8'),
) as Recorded

/** Asks one server every question. */
export const askAll = async (url: string): Promise<Exchange[]> => {
  const exchanges = []
  for (const question of QUESTIONS) exchanges.push(await ask(url, question))
  return exchanges
}

const ask = async (url: string, question: Question): Promise<Exchange> => {
  const { method, path, body } = question
  const sent =
    body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(url + path, { method, ...sent })
  const text = await response.text()
  const contentType = response.headers.get('content-type')
  const answer: unknown = contentType?.includes('json') ? JSON.parse(text) : text
  return { ...question, status: response.status, contentType, answer }
}

/** The parts that differ from one server or moment to the next. */
const PASSING = ['time', 'usage', 'commit']
const DIGITS = 6

/** An answer without them, its numbers to six digits. */
export const lasting = (answer: unknown): unknown => {
  if (typeof answer === 'number') return Number(answer.toPrecision(DIGITS))
  if (Array.isArray(answer)) return answer.map(lasting)
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer)
      .filter(([key]) => !PASSING.includes(key))
      .map(([key, value]) => [key, lasting(value)]),
  )
}
