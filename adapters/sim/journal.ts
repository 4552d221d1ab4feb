import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Micros } from '../../harness/model/index.ts'
import { type Request, readRequest, requestFrame, type Verb } from './protocol.ts'

/**
 * What changed the rows, in a file, so that a process can take up where another ended: for each request f64 handled, f64
 * received and its frame (protocol.ts); a crash is f64 at, f64 0 and an empty frame.
 */
export interface Journal {
  add(request: Request, handled: Micros, received: Micros): void
  crash(at: Micros): void
  close(): void
}

const CHANGES: ReadonlySet<Verb> = new Set<Verb>([
  'open',
  'upsert',
  'load',
  'delete',
  'compact',
  'drop',
  'swap',
])
const HEAD = 16

export const openJournal = (path: string): Journal => {
  const file = openSync(path, 'a')
  const head = Buffer.alloc(HEAD)
  const write = (handled: Micros, received: Micros, frame: Buffer) => {
    head.writeDoubleLE(handled, 0)
    head.writeDoubleLE(received, 8)
    writeSync(file, Buffer.concat([head, frame]))
  }
  return {
    add: ({ request, verb, name, body }, handled, received) => {
      if (CHANGES.has(verb)) write(handled, received, requestFrame(request, verb, name, body))
    },
    crash: (at) => write(at, 0, Buffer.alloc(4)),
    close: () => closeSync(file),
  }
}

export interface Recorded {
  readonly request: Request
  readonly handled: Micros
  readonly received: Micros
}

/** The requests of a journal, and when the process that wrote it crashed. */
export const readJournal = (path: string): { requests: Recorded[]; crashed: Micros } => {
  const bytes = readFileSync(path)
  const requests: Recorded[] = []
  let crashed = Number.NaN
  for (let at = 0; at < bytes.length; ) {
    const handled = bytes.readDoubleLE(at)
    const received = bytes.readDoubleLE(at + 8)
    const from = at + HEAD + 4
    const end = from + bytes.readUInt32LE(at + HEAD)
    if (end === from) crashed = handled
    else requests.push({ request: readRequest(bytes.subarray(from, end)), handled, received })
    at = end
  }
  return { requests, crashed }
}
