import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { allOf } from './hostile.fixture.ts'
import { PLAIN, portOf, withService } from './service.fixture.ts'

const many = {
  rows: Array.from({ length: 3000 }, (_, id) => ({ id, vector: [id % 61, id % 53] })),
}

test('stopping answers what is under way, and says that it closes; half a request is refused', () =>
  withService(
    async (ask, stop, server) => {
      await ask('PUT', '/collections/a', PLAIN)
      const half = request({ port: portOf(server), method: 'POST', path: '/collections/a/upsert' })
      half.on('error', () => undefined)
      const refused = once(half, 'response')
      half.write('{ "rows"')
      await once(server, 'request')
      const bulk = ask('POST', '/collections/a/bulk', many)
      while ((await ask('GET', '/collections/a/count')).json.count === 0);
      await stop()
      const { json, headers } = await bulk
      assert.deepEqual([json, headers.get('connection')], [{ upserted: 3000 }, 'close'])
      assert.equal((await refused)[0].statusCode, 503)
      await assert.rejects(ask('GET', '/'))
    },
    { waits: { rest: 10 } },
  ))

/** A connection that has brought a request, has its answer, and rests. */
const idle = async (port: number): Promise<Socket> => {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /healthz HTTP/1.1\r\n\r\n')
  await once(socket, 'data')
  return socket
}

test('a request that nobody has read yet when the stop comes is answered', () =>
  withService(async (_, stop, server) => {
    const sockets = await Promise.all(Array.from({ length: 8 }, () => idle(portOf(server))))
    const answers = sockets.map(allOf)
    for (const socket of sockets) socket.write('GET /collections HTTP/1.1\r\n\r\n')
    const stopped = stop()
    for (const answer of await Promise.all(answers)) {
      assert.match(answer, /^HTTP\/1.1 503 .*\r\n[\s\S]*connection: close[\s\S]*"stopping"/)
    }
    await stopped
  }))

test('a request that comes on an open connection while others are under way is answered, and lives', () =>
  withService(async (ask, stop, server) => {
    await ask('PUT', '/collections/a', PLAIN)
    const socket = await idle(portOf(server))
    const bulk = ask('POST', '/collections/a/bulk', many)
    while ((await ask('GET', '/collections/a/count')).json.count === 0);
    const stopped = stop()
    const answer = allOf(socket)
    socket.write('GET /healthz HTTP/1.1\r\n\r\n')
    assert.match(await answer, /^HTTP\/1.1 200 .*\r\n[\s\S]*connection: close/)
    assert.equal((await bulk).status, 200)
    await stopped
  }))

test('a body that is on its way when the stop comes is read, and refused', () =>
  withService(async (_, stop, server) => {
    const socket = await idle(portOf(server))
    const answer = allOf(socket)
    const length = 'content-length: 100000\r\ncontent-type: application/json'
    socket.write(`POST /collections/a/search HTTP/1.1\r\n${length}\r\n\r\n{`)
    await once(server, 'request')
    const stopped = stop()
    socket.write(' '.repeat(99_999))
    assert.match(await answer, /^HTTP\/1.1 503 [\s\S]*"stopping"/)
    await stopped
  }))

test('a client that does not read its answers holds up no stop', () =>
  withService(
    async (_, stop, server) => {
      const connected = once(server, 'connection')
      const socket = connect(portOf(server), '127.0.0.1').pause()
      socket.on('error', () => undefined)
      socket.write('GET /openapi.json HTTP/1.1\r\n\r\n'.repeat(2000))
      const [full] = (await connected) as [Socket]
      // What it does not take stays in this process, turn after turn.
      for (let turns = 0; turns < 100; await turn()) turns = full.writableLength > 0 ? turns + 1 : 0
      await stop()
      socket.destroy()
    },
    { waits: { rest: 50 } },
  ))
