import type { Io } from '../harness/verbs/verb.ts'

/** The outside of a benchmark: plain lines, Ctrl-C ends it. */
export const consoleIo = (): Io => {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort(new Error('interrupted')))
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    say: (text) => void process.stderr.write(`${text}\n`),
    status: () => {},
    isTerminal: false,
    cwd: process.cwd(),
    words: process.argv.slice(2),
    interrupted: stop.signal,
  }
}
