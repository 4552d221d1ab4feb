import type { CollectionOptions } from '../json.ts'
import type { Rows } from '../wire.ts'

/** Options of a collection, the seed drawn. */
export type Settled = CollectionOptions & { readonly seed: number }

/** What changes the collections: what is logged, and what a replay does again. A collection's number is that of its creation. */
export type Operation =
  | { readonly kind: 'create'; readonly name: string; readonly options: Settled }
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'alias'; readonly alias: string; readonly name: string }
  | { readonly kind: 'upsert'; readonly collection: number; readonly rows: Rows }
  | { readonly kind: 'delete'; readonly collection: number; readonly ids: Uint32Array }
  | { readonly kind: 'clear'; readonly collection: number }
