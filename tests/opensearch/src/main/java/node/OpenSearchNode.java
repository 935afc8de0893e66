package node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One OpenSearch node: {@code OpenSearchNode HOME NAME setting=value…}.
 *
 * <p>It ends when its standard input does, so that it never outlives the test that has started it, and takes its home
 * with it.
 */
public final class OpenSearchNode extends Node {
  private static final long CLOSE_MILLIS = 10_000;
  private static final int MOST_TRIES = 100;

  /** The collection is one of classes in OpenSearch 2 and one of descriptions since. */
  @SuppressWarnings({"rawtypes", "unchecked"})
  private OpenSearchNode(Environment environment) throws ClassNotFoundException {
    super(environment, (Collection) plugins(), true);
  }

  private static List<?> plugins() throws ClassNotFoundException {
    if (Version.CURRENT.major < 3) {
      return List.of(Class.forName("org.opensearch.transport.Netty4Plugin"),
          Class.forName("org.opensearch.analysis.common.CommonAnalysisPlugin"));
    }
    return List.of(plugin("org.opensearch.transport.Netty4ModulePlugin"),
        plugin("org.opensearch.analysis.common.CommonAnalysisModulePlugin"));
  }

  private static PluginInfo plugin(String name) {
    return new PluginInfo(name, "on the class path", "NA", Version.CURRENT,
        Integer.toString(Runtime.version().feature()), name, null, List.of(), false);
  }

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    String name = args[1];
    Settings.Builder settings = Settings.builder()
        .put("path.home", home)
        .put("node.name", name)
        .put("network.host", "127.0.0.1")
        .put("http.type", "netty4")
        .put("transport.type", "netty4");
    for (String arg : List.of(args).subList(2, args.length)) {
      String[] pair = arg.split("=", 2);
      // A list is written with commas.
      settings.put(pair[0], pair[1]);
    }
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(settings.build(), Map.of(), home.resolve("config"), () -> name);
    OpenSearchNode node = new OpenSearchNode(environment);
    Thread parent = new Thread(() -> node.endWithParent(home));
    parent.setDaemon(true);
    parent.start();
    node.start();
    Thread.currentThread().join();
  }

  private void endWithParent(Path home) {
    try {
      while (System.in.read() >= 0) {
        // Nothing is said to a node but that it is over.
      }
      // A node that goes on writes files again; one that has lost the others may take long to close.
      Thread closing = new Thread(this::closeQuietly);
      closing.start();
      closing.join(CLOSE_MILLIS);
      for (int tries = 0; Files.exists(home) && tries < MOST_TRIES; tries++) {
        delete(home);
      }
      // The last one takes the folder of the cluster.
      home.getParent().toFile().delete();
    } catch (Exception e) {
      e.printStackTrace();
    }
    Runtime.getRuntime().halt(0);
  }

  private void closeQuietly() {
    try {
      close();
    } catch (Exception e) {
      e.printStackTrace();
    }
  }

  private static void delete(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (UncheckedIOException e) {
      // A file that was there a moment ago is not any more: what is left is looked for again.
    }
  }
}
