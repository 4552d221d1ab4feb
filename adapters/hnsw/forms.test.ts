import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { createFront } from './front.ts'
import { PLAIN, portOf, refusedAs, withService } from './service.fixture.ts'
import { createStart } from './starting.ts'
import { queryBody } from './wire.ts'

/** One request as it is written, which fetch would mend. */
const raw = async (
  server: Server,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
) => {
  const asked = request({ port: portOf(server), method, path, headers }).end()
  const [reply] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: reply.statusCode, headers: reply.headers, text: await text(reply) }
}

test('HEAD is what GET would be, without a body; a server that starts answers it too', (t) =>
  withService(async (ask, _, server) => {
    await ask('PUT', '/collections/a', PLAIN)
    for (const path of ['/healthz', '/readyz', '/collections/a', '/openapi.json']) {
      const { status, headers, text } = await raw(server, 'GET', path)
      const head = await raw(server, 'HEAD', path)
      assert.deepEqual([status, head.status, head.text], [200, 200, ''])
      assert.equal(headers['content-length'], `${Buffer.byteLength(text)}`)
      for (const name of ['content-type', 'content-length']) {
        assert.equal(head.headers[name], headers[name], name)
      }
    }
    const nothing = await raw(server, 'HEAD', '/nothing')
    assert.deepEqual([nothing.status, nothing.text], [404, ''])
    const front = createFront(createStart(new AbortController().signal).handle)
    front.server.listen(0, '127.0.0.1')
    await once(front.server, 'listening')
    t.after(() => front.server.close().closeAllConnections())
    assert.equal((await raw(front.server, 'HEAD', '/healthz')).status, 200)
    assert.equal((await raw(front.server, 'HEAD', '/readyz')).status, 503)
  }))

test('a path that is there by another method is 405, and Allow names those', () =>
  withService(async (ask, _, server) => {
    for (const [method, path, allow] of [
      ['OPTIONS', '/healthz', 'GET, HEAD'],
      ['GET', '/collections/a/search', 'POST'],
      ['PATCH', '/collections/a', 'PUT, GET, HEAD, DELETE'],
      ['POST', '/aliases/a', 'PUT'],
    ] as const) {
      const reply = await ask(method, path)
      assert.deepEqual([reply.status, reply.headers.get('allow')], [405, allow])
      refusedAs(reply, 405, 'method', new RegExp(`no ${method} .*${allow}`))
    }
    const head = await raw(server, 'HEAD', '/collections/a/upsert')
    assert.deepEqual([head.status, head.headers.allow, head.text], [405, 'POST', ''])
    refusedAs(await ask('OPTIONS', '/nothing'), 404, 'no-such-route')
  }))

test('the scheme of a token may be written in any case, the token may not', () =>
  withService(
    async (_, __, server) => {
      const as = async (authorization: string) =>
        (await raw(server, 'GET', '/collections', { authorization })).status
      for (const scheme of ['Bearer', 'bearer', 'BEARER', 'bearer ']) {
        assert.equal(await as(`${scheme} Secret`), 200, scheme)
        assert.equal(await as(`${scheme} secret`), 401, scheme)
      }
      assert.deepEqual([await as('Secret'), await as('Basic Secret')], [401, 401])
    },
    { token: 'Secret' },
  ))

test('a route that takes JSON alone refuses octets', () =>
  withService(async (ask) => {
    const body = new Uint8Array(Buffer.from(JSON.stringify(PLAIN)))
    refusedAs(await ask('PUT', '/collections/a', body), 400, 'content-type', /application\/json$/)
    refusedAs(await ask('GET', '/collections/a/count'), 404, 'no-such-collection')
    refusedAs(await ask('PUT', '/aliases/b', body), 400, 'content-type')
  }))

test('a target is understood as HTTP writes it: percent-encoded, absolute', () =>
  withService(async (ask, _, server) => {
    await ask('PUT', '/collections/a', PLAIN)
    const get = async (path: string) => (await raw(server, 'GET', path)).text
    const count = '{"count":0}'
    assert.equal(await get('/collections/%61/count'), count)
    assert.equal(await get('http://a.example:80/collections/a/count?x=/'), count)
    assert.match(await get('http://a.example'), /driftmark-hnsw/)
    assert.match(await get('HTTP://a.example?x'), /driftmark-hnsw/)
    refusedAs(await ask('GET', '/collections/%zz'), 400, 'name', /percent/)
    refusedAs(await ask('GET', '/collections/%ff'), 400, 'name', /percent/)
    refusedAs(await ask('GET', '/collections/a%2Fcount'), 404, 'no-such-collection', /"a\/count"/)
    refusedAs(await ask('PUT', '/collections/a%2Fb', PLAIN), 400, 'name')
  }))

test('what a refusal repeats of a request is cut', () =>
  withService(async (ask) => {
    const long = 'x'.repeat(15_000)
    for (const path of [`/${long}`, `/collections/${long}`]) {
      const { json } = await ask('GET', path)
      assert.ok(json.error.message.length <= 500, `${json.error.message.length}`)
      assert.match(json.error.message, /x…$/)
    }
  }))

test('an ef of 0 is the collection’s own, in octets and in JSON', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    await ask('POST', '/collections/a/upsert', { rows: [{ id: 1, vector: [1, 0] }] })
    const search = async (body: object | Uint8Array) =>
      (await ask('POST', '/collections/a/search', body)).status
    assert.equal(await search(queryBody(Float32Array.of(0, 0), 1, 0)), 200)
    assert.equal(await search({ vector: [0, 0], k: 1, ef: 0 }), 200)
    assert.equal(await search({ vector: [0, 0], k: 1, ef: -1 }), 400)
  }))

test('upserted is the number of rows that were sent', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', PLAIN)
    const twice = { rows: [1, 2].map((version) => ({ id: 1, version, vector: [1, 0] })) }
    assert.deepEqual((await ask('POST', '/collections/a/upsert', twice)).json, { upserted: 2 })
    assert.deepEqual((await ask('GET', '/collections/a/count')).json, { count: 1 })
  }))
