import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import { LIMITS } from './json.ts'
import { type Ask, PLAIN } from './service.fixture.ts'

/** The collection that hostile requests are about. */
export const TARGET = { ...PLAIN, dimensions: 3 }

/** Rows whose distances are beyond the floats, among others. */
const ROWS = {
  rows: [
    { id: 1, vector: [3e38, 3e38, -3e38] },
    { id: 2, vector: [-3e38, 0, 1] },
    { id: 3, vector: [0, 0, 0] },
  ],
}

const VERBS = [
  'upsert',
  'bulk',
  'delete',
  'clear',
  'get',
  'search',
  'exact',
  'compact',
  'none',
] as const
const number = fc.constantFrom(
  0,
  1,
  2,
  3,
  4,
  64,
  LIMITS.k,
  LIMITS.k + 1,
  LIMITS.ef + 1,
  2 ** 31,
  2 ** 32 - 1,
)
const float = fc.oneof(
  fc.constantFrom(0, -0, 1, Number.NaN, Infinity, -Infinity, 3.4e38, -3.4e38, 1e-45, 1e20),
  fc.float({ noDefaultInfinity: true, noNaN: true }),
)

/** Words that may be rows, ids or a query, and whose counts may lie. */
const octets = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc
    .tuple(fc.array(number, { maxLength: 8 }), fc.array(float, { maxLength: 9 }))
    .map(([words, floats]) =>
      Buffer.concat([
        Buffer.from(Uint32Array.from(words).buffer),
        Buffer.from(Float32Array.from(floats).buffer),
      ]),
    ),
  fc
    .tuple(fc.nat(3), fc.array(float, { minLength: 9, maxLength: 9 }))
    .map(([n, floats]) =>
      Buffer.concat([
        Buffer.from(
          Uint32Array.of(n, 3, ...floats.slice(0, n).keys(), ...floats.slice(0, n).keys()).buffer,
        ),
        Buffer.from(Float32Array.from(floats.slice(0, 3 * n)).buffer),
      ]),
    ),
)

/** JSON as it might come: numbers that no float holds, what is nested deeply, fields that are missing, twice, too many or of another type. */
const value: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '1e999',
    '-1e999',
    '1e39',
    '0.5',
    '-1',
    '4294967296',
    '1e20',
    'null',
    '"1"',
    '[]',
    '{}',
    'true',
  ),
  fc.nat(200_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  fc.nat(50_000).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
  fc.array(float, { minLength: 3, maxLength: 3 }).map((vector) => JSON.stringify(vector)),
  number.map(String),
  fc.json(),
)
const field = fc.tuple(
  fc.constantFrom(
    'rows',
    'ids',
    'vector',
    'k',
    'ef',
    'id',
    'version',
    'collection',
    'dimensions',
    'metric',
    'm',
    'efConstruction',
    '__proto__',
    'toString',
  ),
  value,
)
const object = fc
  .array(field, { maxLength: 4 })
  .map((fields) => `{${fields.map(([key, of]) => `"${key}":${of}`)}}`)
const json = fc.oneof(
  object,
  value,
  object.map((row) => `{"rows":[{"id":1,"vector":[1,2,3]},${row}]}`),
  fc.array(value, { maxLength: 4 }).map((ids) => `{"ids":[${ids}]}`),
  fc
    .tuple(value, value, value)
    .map(([vector, k, ef]) => `{"vector":${vector},"k":${k},"ef":${ef}}`),
  fc
    .tuple(number, number, number)
    .map(([dimensions, m, ef]) =>
      JSON.stringify({ dimensions, metric: 'l2', m, efConstruction: ef, ef, kind: 'exact' }),
    ),
)
const text = fc.oneof(
  json.map((text) => Buffer.from(text)),
  fc
    .tuple(json, fc.uint8Array({ maxLength: 4 }))
    .map(([text, more]) => Buffer.concat([Buffer.from(text), more])),
)

const path = fc.oneof(
  fc.constantFrom(...VERBS).map((verb) => `/collections/a/${verb}`),
  fc.constantFrom(
    '/',
    '/collections/b',
    '/collections/__proto__',
    '/aliases/x',
    '/collections/a//',
    '//',
    '/%00',
    '/collections/%2e%2e',
    '/?k=1',
  ),
  fc.webPath(),
)
const type = fc.constantFrom(
  'application/octet-stream',
  'application/octet-stream',
  'application/json',
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data',
  '',
)

/** Whole requests whose content is hostile: each is answered 200 or 4xx in the one error form, and what is refused changes nothing. */
export const hostileRequest = (ask: Ask) =>
  fc.asyncProperty(
    fc.constantFrom('POST', 'POST', 'POST', 'PUT', 'DELETE', 'GET', 'PATCH'),
    path,
    type,
    fc.oneof(octets, text),
    async (method, path, type, body) => {
      const count = async () => (await ask('GET', '/collections/a/count')).json.count
      await ask('PUT', '/collections/a', TARGET)
      if ((await count()) === 0) await ask('POST', '/collections/a/upsert', ROWS)
      const before = await count()
      const reply = await ask(
        method,
        path,
        method === 'GET' ? undefined : new Uint8Array(body),
        type,
      )
      if (reply.status === 200) {
        const distances = (reply.json?.hits ?? []).map((hit: { distance: unknown }) => hit.distance)
        return assert.ok(distances.every(Number.isFinite), `distances ${distances}`)
      }
      checkRefused(reply.status, reply.json)
      assert.equal(await count(), before)
    },
  )

/** A refusal of the client, in the one form. */
export const checkRefused = (status: number, json: unknown): void => {
  assert.ok(status >= 400 && status < 500, `${status} ${JSON.stringify(json)}`)
  const { error, ...more } = json as { error: Record<string, unknown> }
  assert.deepEqual([Object.keys(error), more], [['code', 'message'], {}])
  assert.ok(`${error.message}`.length <= 500)
}

const lengths = fc.constantFrom(
  '5',
  '0',
  '-1',
  'abc',
  '1e3',
  '99999999999999999999',
  '67108865',
  '5, 5',
  '',
)
const header = fc.oneof(
  lengths.map((length) => `content-length: ${length}`),
  fc.constantFrom(
    'transfer-encoding: chunked',
    'transfer-encoding: gzip, chunked',
    'content-encoding: gzip',
    'expect: 100-continue',
    'expect: a miracle',
    'upgrade: websocket\r\nconnection: upgrade',
    'connection: close',
    'host: a',
    'authorization: Bearer x',
    'content-type: application/octet-stream',
    'content-type: application/json',
    ': nothing',
    'a b: c',
  ),
  fc
    .nat(400)
    .map((n) => Array.from({ length: n }, (_, i) => `x-${i}: ${'y'.repeat(50)}`).join('\r\n')),
)
const chunk = fc.oneof(
  fc.constantFrom(
    '0\r\n\r\n',
    '5\r\nhello\r\n',
    'ffffffffffffffff\r\n',
    'zz\r\n',
    '-1\r\n',
    '5;x=y\r\nhello\r\n',
    '3\r\nhello',
  ),
  fc.string(),
)

/** Bytes that claim to be HTTP. */
const bytes = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'CONNECT', 'FOO', 'post', ''),
    fc.oneof(path, fc.constantFrom('*', 'a:1', 'http://a/', '/\u0000', `/${'a'.repeat(20_000)}`)),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9', ''),
    fc.array(header, { maxLength: 4 }),
    fc.array(chunk, { maxLength: 4 }),
  )
  .map(([method, path, version, headers, chunks]) =>
    Buffer.from(
      `${[`${method} ${path} ${version}`, ...headers].join('\r\n')}\r\n\r\n${chunks.join('')}`,
      'latin1',
    ),
  )

/** Requests that are none, or not whole: what is answered is no fault of the server, and others are served meanwhile and after it. */
export const hostileBytes = (ask: Ask, port: number) =>
  fc.asyncProperty(fc.oneof(bytes, fc.uint8Array({ maxLength: 300 })), async (bytes) => {
    const socket = connect(port, '127.0.0.1')
    const answered = allOf(socket)
    socket.write(bytes)
    assert.equal((await ask('GET', '/healthz')).status, 200)
    socket.end()
    for (const [, status] of (await answered).matchAll(/HTTP\/1\.1 (\d+) /g)) {
      assert.ok(Number(status) < 500, status)
    }
    assert.doesNotMatch((await ask('GET', '/metrics')).text, /hnsw_requests_total\{[^}]*status="5/)
  })

/** What comes until the other side has ended; a connection that is cut is an end too. */
export const allOf = (socket: Socket): Promise<string> =>
  new Promise((resolve) => {
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('error', () => socket.destroy())
    socket.on('close', () => resolve(text))
  })
