import type { Io } from '../harness/verbs/verb.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort(new Error('interrupted')))

/** The outside of a benchmark: plain lines, Ctrl-C ends it. */
export const consoleIo = (): Io => ({
  out: (text) => void process.stdout.write(`${text}\n`),
  say: (text) => void process.stderr.write(`${text}\n`),
  status: () => {},
  isTerminal: false,
  cwd: process.cwd(),
  words: process.argv.slice(2),
  interrupted: stop.signal,
})
