import { createServer, type Socket } from 'node:net'
import { createDesk } from './desk.ts'
import { parseOptions } from './options.ts'
import { answerFrame, frameReader, readRequest } from './protocol.ts'
import { createService } from './service.ts'
import { openTruth } from './truth.ts'

/**
 * The process of a sim: `node server.ts OPTIONS-AS-JSON`, started with an IPC channel. It tells its port, serves, and ends
 * when the channel closes: by `stop`, or because its parent died.
 */
const now = () => Number(process.hrtime.bigint() / 1000n)
const options = parseOptions(JSON.parse(process.argv[2] ?? '{}'))
const truth = openTruth(options.log)
const service = createService(options, now)
const desk = createDesk(options.stall, now, setTimeout)

const serve = (socket: Socket) => {
  socket.setNoDelay(true)
  const read = frameReader((frame) => {
    const request = readRequest(frame)
    const received = now()
    desk.serve(
      () => service(request, received),
      (reply) => {
        if (reply.status === 'none') return truth.add(reply.truth?.(null) ?? [])
        const answered = now()
        socket.write(answerFrame(request.request, reply.status, reply.body))
        truth.add(reply.truth?.(reply.status === 'ok' ? answered : null) ?? [])
      },
    )
  })
  socket.on('data', read)
  // A client that went away takes its answers with it; its requests were carried out all the same.
  socket.on('error', () => socket.destroy())
}

const server = createServer(serve)
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('sim: no port to listen on')
  truth.add([{ event: 'start', at: now(), pid: process.pid, options }])
  process.send?.({ port: address.port })
})
// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
process.on('SIGINT', () => {})
process.on('disconnect', () => {
  truth.add([{ event: 'end', at: now() }])
  truth.close()
  process.exit(0)
})
