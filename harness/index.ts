/** What an adapter of one's own needs: types, the one error that says "this surely did not happen", and the fact that a setting is not as it comes. */
export type {
  Adapter,
  Clock,
  Collection,
  Engine,
  EngineError,
  Facts,
  Hit,
  Id,
  Launched,
  Row,
  Stored,
} from './model/index.ts'
export { differing, refusal } from './model/index.ts'
