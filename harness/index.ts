/** What an adapter of one's own needs: types, and the one error that says "this surely did not happen". */
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
export { refusal } from './model/index.ts'
