import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { allOf, checkRefused, hostileBytes, hostileRequest, TARGET } from './hostile.fixture.ts'
import { LIMITS } from './json.ts'
import { portOf, refusedAs, withService } from './service.fixture.ts'

const hold = async <Ts>(t: TestContext, property: fc.IAsyncProperty<Ts>, numRuns: number) => {
  const seed = randomInt(2 ** 31)
  t.diagnostic(`seed ${seed}, ${numRuns} runs`)
  await fc.assert(property, { seed, numRuns, endOnFailure: true })
}

test('whatever a request holds, it is answered 200 or refused in the one form, and changes nothing then', (t) =>
  withService((ask) => hold(t, hostileRequest(ask), 300)))

test('whatever comes over the wire, nothing of it is the fault of the server, and others are served', (t) =>
  withService((ask, _, server) => hold(t, hostileBytes(ask, portOf(server)), 300)))

test('what HTTP itself refuses has the one form too', () =>
  withService(async (ask, _, server) => {
    await ask('PUT', '/collections/a', TARGET)
    const post = 'POST /collections/a/upsert HTTP/1.1\r\nhost: a\r\n'
    for (const [request, status, code] of [
      ['nonsense\r\n\r\n', 400, 'http'],
      [`GET / HTTP/1.1\r\n${'x: y\r\n'.repeat(4000)}\r\n`, 431, 'headers'],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, 'headers'],
      [`${post}content-length: -1\r\n\r\n`, 400, 'http'],
      [`${post}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`, 400, 'http'],
      [`${post}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400, 'http'],
      [`${post}expect: a miracle\r\nconnection: close\r\n\r\n`, 417, 'expectation'],
      ['CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n', 404, 'no-such-route'],
      ['GET * HTTP/1.1\r\nconnection: close\r\n\r\n', 404, 'no-such-route'],
      [
        `${post}content-encoding: gzip\r\ncontent-length: 1\r\nconnection: close\r\n\r\n1`,
        400,
        'content-encoding',
      ],
    ] as const) {
      const socket = connect(portOf(server), '127.0.0.1')
      const answered = allOf(socket)
      socket.write(request)
      const [head, body] = (await answered).split('\r\n\r\n') as [string, string]
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-type: application/json`))
      checkRefused(status, JSON.parse(body))
      assert.equal(JSON.parse(body).error.code, code)
    }
  }))

test('a body that does not end is refused once it is too long, and cut', () =>
  withService(async (ask, _, server) => {
    await ask('PUT', '/collections/a', TARGET)
    const socket = connect(portOf(server), '127.0.0.1')
    const answered = allOf(socket)
    socket.write(
      'POST /collections/a/search HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const chunk = `100000\r\n${'x'.repeat(2 ** 20)}\r\n`
    let sent = 0
    const flood = (): void => {
      while (!socket.destroyed && socket.write(chunk)) sent++
      sent++
    }
    socket.on('drain', flood)
    flood()
    assert.match(await answered, /^HTTP\/1.1 413 /)
    assert.ok(sent * 2 ** 20 >= LIMITS.questionBytes)
  }))

test('a large body of JSON that is wrong everywhere is refused for the first thing that is wrong', () =>
  withService(async (ask) => {
    await ask('PUT', '/collections/a', TARGET)
    const filled = (open: string, entry: string, close: string, bytes = 2 ** 20) => {
      const n = Math.floor((bytes - open.length - close.length - 1) / entry.length)
      return Buffer.from(`${open}${entry.repeat(n).slice(0, -1)}${close}`)
    }
    const wrong = async (verb: string, body: Uint8Array, place: RegExp) =>
      refusedAs(
        await ask('POST', `/collections/a/${verb}`, new Uint8Array(body), 'application/json'),
        400,
        'body',
        place,
      )
    await wrong('upsert', filled('{"rows":[', '{},', ']}', LIMITS.jsonBytes), /^rows\.0\.id: /)
    await wrong('upsert', filled('{"rows":[', '[],', ']}'), /^rows\.0: /)
    await wrong('delete', filled('{"ids":[', '"",', ']}'), /^ids\.0: /)
    await wrong(
      'upsert',
      filled('{"rows":[{"id":1,"vector":[1,2,""]},', '1,', ']}'),
      /^rows\.0\.vector\.2: /,
    )
    const keys = Array.from({ length: 200_000 }, (_, i) => `"key${i}":0`)
    await wrong('upsert', Buffer.from(`{"rows":[],${keys}}`), /^Unrecognized keys: "key0".{1,300}$/)
    const large = new Uint8Array(LIMITS.jsonBytes + 1)
    refusedAs(
      await ask('POST', '/collections/a/upsert', large, 'application/json'),
      413,
      'too-large',
    )
  }))
