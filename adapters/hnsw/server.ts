#!/usr/bin/env node
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type Arguments, readArguments, USAGE } from './arguments.ts'
import { type Collections, createCollections } from './collections.ts'
import { checkEngine } from './engine/index.ts'
import { createFront } from './front.ts'
import { createService } from './service.ts'
import { createStart } from './starting.ts'
import { openJournal } from './store/arguments.ts'
import type { Advance } from './store/turns.ts'
import { openThreads, type Threads } from './threads/index.ts'

/**
 * The process of the in-house engine, `--help` tells its arguments. Where HNSW_TOKEN is set, requests must bring it; other machines are not served without.
 * Standard output has two lines of JSON, `{ "url", "pid", "ready" }`: one when it listens, one when what was in the data folder is in
 * memory again, before which it answers 503. What it cannot start from ends it with one sentence and 1. It ends by SIGTERM or Ctrl-C,
 * or, if it was started with an IPC channel, when its parent goes away. Without a data folder everything is in memory and ends with
 * it. A thread of its own applies writes, before they are answered; where it is lost, what was asked is answered 503, and the process ends
 * with 1. Searches are answered by the thread that got the request, or by `--threads N` that do nothing else.
 */
const refuse = (error: Error): never => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

/** What was there before is there again when it resolves; its rows are read for as long as the journal is not closed. */
const restore = async (
  store: Arguments['store'],
  { writer, searchers }: Threads,
  advance: Advance,
): Promise<Collections> => {
  const journal = await openJournal(store, advance)
  const { cut } = journal.restored
  if (cut !== null) process.stderr.write(`${cut}\n`)
  const collections = createCollections(writer, journal, searchers?.forget)
  try {
    await collections.restore(advance)
    // Where there was nothing to build, nothing has looked yet.
    starting.signal.throwIfAborted()
  } catch (error) {
    await journal.close()
    throw error
  }
  return collections
}

const starting = new AbortController()
let stop = async (): Promise<void> => starting.abort()
const end = async (): Promise<void> => {
  await stop()
  if (!starting.signal.aborted) process.exit(0)
}

const run = async ({ host, port, store, token, threads: count }: Arguments): Promise<void> => {
  checkEngine()
  const { advance, handle } = createStart(starting.signal)
  const front = createFront(handle)
  front.server.listen(port, host)
  await once(front.server, 'listening')
  const found = (front.server.address() as AddressInfo).port
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${found}`
  const say = (ready: boolean): void => {
    process.stdout.write(`${JSON.stringify({ url, pid: process.pid, ready })}\n`)
  }
  say(false)
  const threads = openThreads(count)
  const collections = await restore(store, threads, advance)
  const service = createService(collections, threads, { token, front })
  stop = async () => {
    await service.stop()
    await collections.journal.close(collections.images())
    await threads.close()
  }
  void threads.writer.lost.then(async (error) => {
    process.stderr.write(`${error.message}\n`)
    await stop()
    process.exit(1)
  })
  say(true)
}

process.once('SIGTERM', () => void end())
process.once('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of a terminal; a parent decides by itself when this one ends.
process.on('SIGINT', () => {
  if (!process.connected) void end()
})
try {
  const given = readArguments(process.argv.slice(2))
  if (given) await run(given)
  else process.stdout.write(USAGE)
} catch (error) {
  if (starting.signal.aborted) process.exit(0)
  refuse(error as Error)
}
