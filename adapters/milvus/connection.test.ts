import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http2'
import { type TestContext, test } from 'node:test'
import { connect } from './connection.ts'
import { parseOptions, TOKEN } from './options.ts'

/** A gRPC server that answers every call with one status, and what calls it saw. */
const refusing = async (t: TestContext, status: number, message: string) => {
  const calls: IncomingHttpHeaders[] = []
  const server = createServer()
  server.on('stream', (stream, headers) => {
    calls.push(headers)
    const trailers = { 'grpc-status': String(status), 'grpc-message': message }
    const head = { ':status': 200, 'content-type': 'application/grpc', ...trailers }
    stream.respond(head, { endStream: true })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  return { url: `127.0.0.1:${port}`, calls }
}

const withToken = async (token: string, act: () => Promise<void>): Promise<void> => {
  const before = process.env[TOKEN]
  process.env[TOKEN] = token
  try {
    await act()
  } finally {
    if (before === undefined) delete process.env[TOKEN]
    else process.env[TOKEN] = before
  }
}

test('a token goes from the environment to the server; where it is wrong, no error shows it', async (t) => {
  const { url, calls } = await refusing(t, 16, 'auth check failure')
  await withToken('user:secret', () =>
    assert.rejects(connect(parseOptions(url), 2), (error: Error & { outcome?: string }) => {
      assert.equal(
        error.message,
        `milvus: connecting to ${url}: auth check failure (gRPC 16: not authenticated)`,
      )
      assert.equal(error.outcome, 'fail')
      assert.doesNotMatch(JSON.stringify(error), /secret|dXNlcjpzZWNyZXQ/)
      return true
    }),
  )
  const sent = Buffer.from(String(calls[0]!.authorization), 'base64').toString()
  assert.equal(sent, 'user:secret')
})

test('what fails is not sent again', async (t) => {
  const { url, calls } = await refusing(t, 14, 'busy')
  await assert.rejects(connect(parseOptions(url), 2), { outcome: 'unknown', message: /busy/ })
  assert.equal(calls.length, 1)
})

test('where nobody listens, the address is named and nothing was sent', async () => {
  const url = '127.0.0.1:1'
  await assert.rejects(connect(parseOptions(url), 2), {
    outcome: 'fail',
    message: /^milvus: connecting to 127\.0\.0\.1:1: No connection established.*ECONNREFUSED/,
  })
})
