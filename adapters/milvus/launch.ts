import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Launched } from '../../harness/model/index.ts'
import { broughtTo } from '../brought.ts'
import { type MilvusOptions, parseOptions, refuseOption } from './options.ts'

const PYTHON = join(broughtTo('milvus'), 'bin/python3')

/** What is missing here for `launch`, and the command that brings it; null: nothing. */
export const missing = (): string | null =>
  existsSync(PYTHON)
    ? null
    : 'milvus-lite is not here: `npm run servers -- milvus` brings it (Python 3.10 or later, 460 MB); or name a server, milvus=host:port'

/**
 * Serves on a free port of 127.0.0.1, says which, and ends when its parent is gone, however that ended: the pipe that is its
 * standard input then closes. The folder is a throwaway, and goes with it.
 */
const SERVE = `
import json, os, shutil, sys
from milvus_lite.adapter.grpc.server import start_server_in_thread
server, db, port = start_server_in_thread(sys.argv[1], host="127.0.0.1", port=0)
print(json.dumps({"port": port}), flush=True)
sys.stdin.read()
shutil.rmtree(sys.argv[1], ignore_errors=True)
os._exit(0)
`
/** Of the log of a server that did not start, the last characters are quoted. */
const QUOTED = 1_500

/** Starts milvus-lite in a throwaway folder; its log is `dir`/milvus-lite.log. It ends by `stop`, or with this process. */
export const launch = async (dir: string, given: unknown): Promise<Launched<MilvusOptions>> => {
  const options = parseOptions(given)
  if (options.url) throw refuseOption('url', 'it is running already, there is nothing to launch')
  const why = missing()
  if (why !== null) throw new Error(why)
  mkdirSync(dir, { recursive: true })
  const log = join(dir, 'milvus-lite.log')
  const stderr = openSync(log, 'a')
  const data = await mkdtemp(join(tmpdir(), 'driftmark-milvus-lite-'))
  const child = spawn(PYTHON, ['-c', SERVE, data], {
    // Its own process group: the Ctrl-C of a terminal is for the parent, which ends it.
    detached: true,
    stdio: ['pipe', 'pipe', stderr],
  })
  closeSync(stderr)
  const exited = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await exited
    await rm(data, { recursive: true, force: true })
  }
  const first = once(createInterface({ input: child.stdout! }), 'line').then(([line]) =>
    String(line),
  )
  const line = await Promise.race([first, exited.then(() => null)])
  if (line === null) {
    await stop()
    const said = readFileSync(log, 'utf8').trim().slice(-QUOTED)
    throw new Error(`milvus-lite did not start: ${said}`)
  }
  const { port } = JSON.parse(line) as { port: number }
  return {
    options: { ...options, url: `127.0.0.1:${port}`, data },
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    stop,
  }
}
