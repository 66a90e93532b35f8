/** Whether anybody listens: set once telemetry has started. */
let recording = false;

export function isRecording(): boolean {
  return recording;
}

export function startRecording(): void {
  recording = true;
}
