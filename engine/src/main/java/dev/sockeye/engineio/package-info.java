/** The Engine.IO server. */
package dev.sockeye.engineio;
