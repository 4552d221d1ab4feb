import { createServer, type Socket } from 'node:net'
import { CRASHED, takeUp } from './crash.ts'
import { createDesk } from './desk.ts'
import type { Reply } from './handling.ts'
import { openJournal } from './journal.ts'
import { parseOptions } from './options.ts'
import { answerFrame, frameReader, type Request, readRequest } from './protocol.ts'
import { createService, isJudged } from './service.ts'
import { openTruth } from './truth.ts'

/** What a sim that may crash is started with; `takeUp`: it takes up where the one before it ended, on its port, no sooner than `from`. */
export interface Life {
  readonly journal: string
  readonly takeUp?: { readonly port: number; readonly from: number }
}

/**
 * The process of a sim: `node server.ts OPTIONS-AS-JSON LIFE-AS-JSON`, started with an IPC channel. It tells its port, serves,
 * and ends when the channel closes: by `stop`, or because its parent died.
 */
const now = () => Number(process.hrtime.bigint() / 1000n)
const options = parseOptions(JSON.parse(process.argv[2] ?? '{}'))
const life = JSON.parse(process.argv[3] ?? 'null') as Life | null
const again = life?.takeUp
const truth = openTruth(options.log, again ? 'continue' : 'empty')
const service = createService(options)
const desk = createDesk(options, now, setTimeout)
const earlier = life && again ? takeUp(service, life.journal, options.crash?.forgets ?? 0) : null
const journal = life ? openJournal(life.journal) : null
/** Handled, not answered yet: a crash leaves them without an answer. */
const open = new Set<Reply>()

const crash = () => {
  for (const reply of open) truth.add(reply.truth?.(null) ?? [])
  const at = now()
  truth.add([{ event: 'crash', at, pid: process.pid }])
  journal?.crash(at)
  process.exit(CRASHED)
}

let written = false
const noteFirstWrite = (at: number): void => {
  if (written) return
  written = true
  desk.begin(at)
  if (options.crash && !again) setTimeout(crash, options.crash.at)
}
if (earlier && earlier.firstWrite !== null) noteFirstWrite(earlier.firstWrite)

const handle = (request: Request, received: number, handled: number): Reply => {
  if (request.verb === 'upsert' || request.verb === 'delete') noteFirstWrite(handled)
  journal?.add(request, handled, received)
  const reply = service({ request, received, handled })
  open.add(reply)
  return reply
}

const send = (socket: Socket, request: number, reply: Reply): void => {
  open.delete(reply)
  const answered = now()
  if (reply.status !== 'none') socket.write(answerFrame(request, reply.status, reply.body))
  truth.add(reply.truth?.(reply.status === 'ok' ? answered : null) ?? [])
}

const serve = (socket: Socket) => {
  socket.setNoDelay(true)
  const read = frameReader((frame) => {
    const request = readRequest(frame)
    const received = now()
    desk.serve({
      counts: isJudged(request),
      handle: (handled) => handle(request, received, handled),
      send: (reply) => send(socket, request.request, reply),
    })
  })
  socket.on('data', read)
  // A client that went away takes its answers with it; its requests were carried out all the same.
  socket.on('error', () => socket.destroy())
}

const server = createServer(serve)
const listen = () =>
  server.listen(again?.port ?? 0, '127.0.0.1', () => {
    const address = server.address()
    if (address === null || typeof address === 'string')
      throw new Error('sim: no port to listen on')
    const [at, pid] = [now(), process.pid]
    if (earlier) truth.add([{ event: 'restart', at, pid, forgotten: earlier.forgotten }])
    else truth.add([{ event: 'start', at, pid, options }])
    process.send?.({ port: address.port })
  })
setTimeout(listen, again ? Math.max(0, (again.from - now()) / 1000) : 0)
// Ctrl-C reaches every process of a terminal; the parent decides when this one ends.
process.on('SIGINT', () => {})
const end = () => {
  for (const reply of open) truth.add(reply.truth?.(null) ?? [])
  truth.add([{ event: 'end', at: now() }])
  truth.close()
  journal?.close()
  process.exit(0)
}
process.on('disconnect', end)
// A parent that ended while this process started was not heard.
if (process.connected === false) end()
