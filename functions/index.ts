/** The entry of the deployed bundle: every trigger there is, by kind. */
import "./http.ts";
import "./feeds.ts";
import "./event-grid.ts";
import "./durable.ts";
import "./timers.ts";
import "./hooks.ts";
