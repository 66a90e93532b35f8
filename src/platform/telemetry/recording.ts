/** Whether anybody listens: from when telemetry has started until it ends. */
let recording = false;

export function isRecording(): boolean {
  return recording;
}

export function startRecording(): void {
  recording = true;
}

export function stopRecording(): void {
  recording = false;
}
