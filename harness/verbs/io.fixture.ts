import type { Io } from './verb.ts'

/** The surroundings of a verb that a test runs in a folder: no terminal, no Ctrl-C, and silent but for what `heard` listens to. */
export const ioIn = (cwd: string, heard: Partial<Pick<Io, 'out' | 'say'>> = {}): Io => ({
  out: () => {},
  say: () => {},
  status: () => {},
  isTerminal: false,
  cwd,
  words: [],
  interrupted: new AbortController().signal,
  ...heard,
})
