package net.lecentre.certmerge.operator.status;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import net.lecentre.certmerge.operator.api.CertMerge;
import net.lecentre.certmerge.operator.api.ObjectName;
import net.lecentre.certmerge.operator.logs.Redaction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/** Tells announcements: as events on the CertMerge and in the log. */
public final class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  private static final int LONGEST_NOTE = 1024;

  private final KubernetesClient client;

  /** Works through a client. */
  public EventLog(KubernetesClient client) {
    this.client = client;
  }

  /** Tells one. An event that cannot be written is logged: merging does not depend on it. */
  public void tell(CertMerge certMerge, Announcement announcement, Instant now) {
    ObjectName name = ObjectName.of(certMerge);
    LoggingEventBuilder all =
        LOG.atLevel(announcement.warning() ? Level.WARN : Level.INFO)
            .addKeyValue("certmerge", name)
            .addKeyValue("event", announcement.reason())
            .addKeyValue("reason", announcement.problem().orElse(announcement.reason()));
    LoggingEventBuilder log =
        announcement.source().map(source -> all.addKeyValue("source", source)).orElse(all);
    log.log(announcement.message());
    try {
      client.resource(event(certMerge, announcement, now)).create();
    } catch (KubernetesClientException e) {
      LOG.atWarn()
          .addKeyValue("certmerge", name)
          .addKeyValue("event", announcement.reason())
          .addKeyValue("reason", "EventNotWritten")
          .log("the event could not be written: {}", e.getMessage());
    }
  }

  private static Event event(CertMerge certMerge, Announcement announcement, Instant now) {
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    String message = Redaction.of(announcement.message());
    return new EventBuilder()
        .withNewMetadata()
        .withGenerateName(prefix(certMerge.getMetadata().getName()))
        .withNamespace(certMerge.getMetadata().getNamespace())
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(certMerge.getApiVersion())
        .withKind(certMerge.getKind())
        .withNamespace(certMerge.getMetadata().getNamespace())
        .withName(certMerge.getMetadata().getName())
        .withUid(certMerge.getMetadata().getUid())
        .withResourceVersion(certMerge.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType(announcement.warning() ? "Warning" : "Normal")
        .withReason(announcement.reason())
        .withMessage(
            message.length() <= LONGEST_NOTE ? message : message.substring(0, LONGEST_NOTE))
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .withNewSource()
        .withComponent("certmerge-operator")
        .endSource()
        .withReportingComponent("certmerge-operator")
        .withReportingInstance(System.getenv().getOrDefault("POD_NAME", "certmerge-operator"))
        .build();
  }

  /** A name takes 253 characters, five of which the API server makes up. */
  private static String prefix(String name) {
    return (name.length() > 240 ? name.substring(0, 240) : name) + ".";
  }
}
