/** All that this suite uses of the project's insides: what moves there is adapted here. */
export { transferProcess } from "../../domain/account/transfer.process.ts";
export {
  azureTimers,
  driveProcess,
  plainTimers,
  signalName,
  type IssueInput,
} from "../../src/platform/durable/drive-process.ts";
export {
  withInstances,
  type Instances,
  type InstanceStatus,
} from "../../src/platform/durable/instances.ts";
export { leadTransfer } from "../../src/processes/lead-transfer.ts";
export { signalShownBy } from "../../src/processes/transfer-news.ts";
export type { TransferCause, TransferView } from "../../src/projections/transfer-view.ts";
export type { IntegrationEvent } from "../../src/publishing/integration-events.ts";
