/** The host interface between the Engine.IO server and an HTTP library. */
package dev.sockeye.engineio.host;
