/** Routes and Socket.IO on one port. */
@NullMarked
package dev.sockeye.examples.express;

import org.jspecify.annotations.NullMarked;
