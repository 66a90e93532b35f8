/** Every aggregate there is: the pipeline and the property suite are driven by this list. */
import { type Aggregate, modelOf } from "../kernel/messages/model.ts";
import { accountAggregate } from "./account/aggregate.ts";

export const aggregates: readonly Aggregate[] = [accountAggregate];

export const model = modelOf(aggregates);
