/** What carries an engine: the interface between the Engine.IO server and an HTTP library. */
package dev.sockeye.engineio.host;
