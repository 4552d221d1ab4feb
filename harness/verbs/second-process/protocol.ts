import type { Collection, Engine } from '../../model/index.ts'

/** The part of an engine that can be asked in another process. */
export type RemotePart = 'upsert' | 'delete' | 'search' | 'close'

/** The first message: what to open. Options travel by the channel alone, never on a command line. */
export interface OpenAsked {
  readonly adapter: string
  readonly options: unknown
  readonly at: Collection
}

export interface Asked {
  readonly number: number
  readonly part: RemotePart
  /** Without its signal. */
  readonly given: readonly unknown[]
}

export type Told =
  | { readonly number: number; readonly answer: Awaited<ReturnType<Engine[RemotePart]>> }
  | { readonly number: number; readonly message: string; readonly outcome: string | undefined }
